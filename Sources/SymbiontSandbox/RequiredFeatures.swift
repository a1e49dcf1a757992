// A misspelt upcoming feature is silently off; these lines make that a build error.
#if !hasFeature(ExistentialAny)
  #error("upcoming feature ExistentialAny is off")
#endif
#if !hasFeature(MemberImportVisibility)
  #error("upcoming feature MemberImportVisibility is off")
#endif
#if !hasFeature(InternalImportsByDefault)
  #error("upcoming feature InternalImportsByDefault is off")
#endif
#if !hasFeature(NonisolatedNonsendingByDefault)
  #error("upcoming feature NonisolatedNonsendingByDefault is off")
#endif
