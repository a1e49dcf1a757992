import Testing

@testable import SymbiontLanguage

@Suite("The formatter")
struct FormatterTests {
  private func format(_ text: String) -> String? {
    Formatter.format(Parser.parse(SourceText(name: "test.symbi", text: text)))
  }

  @Test("a program with errors is not formatted")
  func errors() {
    #expect(format("agent a { let x = }") == nil)
    #expect(format("agent a { \"open }") == nil)
  }

  @Test("an empty file stays empty, and a file of comments keeps them")
  func emptyFiles() {
    #expect(format("") == "")
    #expect(format(" \n\n ") == "")
    #expect(format("\n// a  \n\n\n\n# b") == "// a\n\n# b\n")
  }

  @Test("settings, policies and tools take one line each")
  func items() {
    let text =
      "metadata{version:\"1\",tags=[a,b]} type A=int;type B={x:int,}\ntool t{command[\"wc\"] input x:String->stdin output:int}policy p{allow:exec(\"git\",any),deny:all if x>1}"
    #expect(
      format(text) == """
        metadata {
            version = "1"
            tags = [a, b]
        }

        type A = int
        type B = { x: int }

        tool t {
            command ["wc"]
            input x: String -> stdin
            output int
        }

        policy p {
            allow: exec("git", any)
            deny: all if x > 1
        }

        """)
  }

  @Test("statements are indented by four spaces and end with a semicolon")
  func statements() {
    let text =
      "agent a(x:int)->int{capabilities:[\"A\"],let y=x+1;\n\n\n\nif y>1{return y}else{y+=1;}for i in y{f(i)}match y{1=>2,_=>{}}let z=if y{1}else{2};z}"
    #expect(
      format(text) == """
        agent a(x: int) -> int {
            capabilities = ["A"]
            let y = x + 1;

            if y > 1 {
                return y;
            } else {
                y += 1;
            }
            for i in y {
                f(i)
            }
            match y {
                1 => 2,
                _ => {}
            }
            let z = if y { 1 } else { 2 };
            z
        }

        """)
  }

  @Test("what does not fit a line is broken, an element a line")
  func longLines() {
    let long = "argument_with_a_long_name"
    let text = "agent a { f(\(long)_1, \(long)_2, [1, 2], \(long)_3); map(list, x => { let y = x; y }); }"
    #expect(
      format(text) == """
        agent a {
            f(
                \(long)_1,
                \(long)_2,
                [1, 2],
                \(long)_3,
            );
            map(list, x => {
                let y = x;
                y
            });
        }

        """)
  }

  @Test("a line of exactly the maximum stays, one more column breaks it")
  func maximumColumn() throws {
    for (count, isBroken) in [(0, false), (1, true)] {
      // 4 + `f([` + name + `]);` reaches column 100.
      let name = String(repeating: "n", count: 100 - 4 - 6 - 1 + count)
      let formatted = try #require(format("agent a { f([\(name)]); }"))
      #expect(formatted.split(separator: "\n").count == (isBroken ? 5 : 3), "\(formatted)")
    }
  }

  @Test("comments stay where they were")
  func comments() {
    let text = """
      // head
      agent a { // beside
        // own

        let x = f(1, // one
          2 /* two */); // after

        // last
      } // end
      """
    #expect(
      format(text) == """
        // head
        agent a { // beside
            // own

            let x = f(
                1, // one
                2, /* two */
            ); // after

            // last
        } // end

        """)
  }

  @Test("the contents of strings and secrets are not touched")
  func strings() {
    let literal = "\"a  \\t // no comment\n      two\""
    #expect(
      format("agent a {\r\n x( \(literal) , vault://a/b );\r\n}") == "agent a {\n    x(\(literal), vault://a/b);\n}\n")
  }

  @Test("a statement after a setting does not become a part of it")
  func settingBeforeBracket() {
    #expect(format("agent a { limit: 3; (x); }") == "agent a {\n    limit: 3;\n    (x);\n}\n")
    #expect(format("memory m { a 1, in 2 }") == "memory m {\n    a 1,\n    in 2\n}\n")
  }
}
