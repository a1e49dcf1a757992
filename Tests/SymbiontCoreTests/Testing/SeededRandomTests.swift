import SymbiontTesting
import Testing

@Suite("Seeded randomness")
struct SeededRandomTests {
  @Test("the numbers of a seed are those of SplitMix64")
  func reference() {
    // The first outputs of the reference implementation (Vigna, splitmix64.c) for the seed 1234567.
    var random = SeededRandom(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
    #expect(random.next() == 9_817_491_932_198_370_423)
  }

  @Test("the same seed gives the same numbers, and a branch gives others")
  func repeatability() {
    var first = SeededRandom(seed: 7)
    var second = SeededRandom(seed: 7)
    var branch = first.branch(1)
    var sameBranch = SeededRandom(seed: 7).branch(1)
    for _ in 0..<100 {
      let number = first.next()
      let branched = branch.next()
      #expect(number == second.next())
      #expect(branched == sameBranch.next())
      #expect(number != branched)
    }
  }

  @Test("a generator prints the setting that repeats it")
  func description() {
    #expect("\(SeededRandom(seed: 42))" == "SYMBIONT_TEST_SEED=42")
  }
}
