import Testing

@testable import SymbiontLanguage

@Suite("The compiler uses the instructions that make programs fast")
struct CodeTests {
  /// The code of the function `f` of a text.
  private func code(_ text: String) throws -> [String] {
    let listing = try ProgramRunner.executable(text).program.disassembly()
    let function = try #require(listing.split(separator: "function ").first { $0.contains(" f(") })
    return function.split(separator: "\n").dropFirst().map { line in
      String(line.drop { $0 != ":" }.dropFirst(2))
    }
  }

  @Test("a recursive function has no needless moves")
  func recursion() throws {
    #expect(
      try code("function f(n) { if n < 2 { return n; } f(n - 1) + f(n - 2) } agent main { 1 }") == [
        "jumpIfNotLessImmediate R0 2 -> 2", "return R0", "addImmediate R2 R0 -1", "call R2 0 1",
        "addImmediate R3 R0 -2", "call R3 0 1", "add R1 R2 R3", "return R1",
      ])
  }

  @Test("a loop over a range counts in place")
  func countingLoop() throws {
    #expect(
      try code("function f(n) { let s = 0; for i in range(0, n) { s += i; } s } agent main { 1 }") == [
        "loadInteger R1 0", "loadInteger R2 0", "copy R3 R0", "checkRange R2", "iterateRange R2 -> 7", "add R1 R1 R4",
        "jump -> 4", "return R1",
      ])
  }

  @Test("a while loop needs one jump for a turn")
  func whileLoop() throws {
    #expect(
      try code("function f(a, b) { while a < b { a += 1; } a } agent main { 1 }") == [
        "jump -> 2", "addImmediate R0 R0 1", "jumpIfLess R0 R1 -> 1", "return R0",
      ])
  }

  @Test("appending to a variable happens in place")
  func append() throws {
    #expect(
      try code("function f(a, b) { a = push(a, b); a += [1]; a } agent main { 1 }") == [
        "copy R2 R1", "append R0 R2", "loadInteger R2 1", "append R0 R2", "return R0",
      ])
  }

  @Test("what lies between a variable and an element is read without a mark")
  func nestedReads() throws {
    #expect(
      try code("function f(m, i) { m[i][0] + m.a.b } agent main { 1 }").filter { $0.hasPrefix("peek") }.count == 4)
    #expect(
      try code("function f(m) { let x = m.a.b; x } agent main { 1 }") == [
        "peekField R2 R0 .a", "getField R1 R2 .b", "return R1",
      ])
  }

  @Test("constants are computed, unless that would hide an error")
  func folding() throws {
    #expect(
      try code("function f() { 2 * 3 + -4 } agent main { 1 }") == ["loadInteger R0 2", "return R0"])
    #expect(
      try code("function f() { \"a\" + \"b\" } agent main { 1 }") == ["loadConstant R0 \"ab\"", "return R0"])
    #expect(try code("function f() { 9223372036854775807 + 1 } agent main { 1 }").contains { $0.hasPrefix("add") })
    #expect(try code("function f() { 1 / 0 } agent main { 1 }").contains { $0.hasPrefix("divide") })
  }

  @Test("a lambda of map is compiled in place")
  func inlining() throws {
    let program = try ProgramRunner.executable("function f(a) { map(a, x => x * 2) } agent main { 1 }").program
    #expect(program.functions.count == 2)
    #expect(!program.disassembly().contains("callClosure"))
  }

  @Test("a function that needs too many registers is refused with its position")
  func tooManyRegisters() {
    let declarations = (0..<4200).map { "let v\($0) = \($0); v\($0);" }.joined(separator: "\n")
    let source = SourceText(name: "large.symbi", text: "function f() {\n\(declarations)\n}\nagent main { f() }")
    let result = SymbiCompiler.compile(source)
    #expect(result.program == nil)
    #expect(result.diagnostics.map(\.code) == ["E0420"])
    #expect(result.diagnostics[0].message == "`f` needs 4200 registers, a frame has 4096")
  }

  @Test("a program with too many field names is refused")
  func tooManyNames() {
    let fields = (0..<70_000).map { "r.f\($0) = 1;" }.joined()
    let result = SymbiCompiler.compile(SourceText(name: "l.symbi", text: "agent main { let r = {}; \(fields) r }"))
    #expect(result.diagnostics.map(\.code) == ["E0421"])
    #expect(result.diagnostics[0].message == "the file has 70000 field names, a program can have 65536")
  }
}
