/// The program of the crash sweep: more than thirty effects of every kind that a crash can interrupt.
///
/// Each command leaves one line in `ran.txt`. A command whose outcome a crash left open is looked up there, and is run
/// only when it left no line: so it never runs twice, and the result is always the same. Messages are taken once and in order.
enum SweptProgram {
  static let source = """
    tool count_lines {
        command ["wc", "-l"]
        input text: String -> stdin
        output int
        idempotent true
    }

    agent main(start: int) {
        capabilities = ["FileSystem"]
        policy everything { allow: all }

        function once(line: String) {
            try {
                exec("sh", "-c", "echo $0 >> ran.txt", line).exit_code
            } catch (OutcomeUnknown e) {
                let ran = try { split(trim(read_file("ran.txt")), "\\n") } catch (FileError none) { [] };
                if line in ran { 0 } else { exec("sh", "-c", "echo $0 >> ran.txt", line).exit_code }
            }
        }

        subscribe("steps.*");
        spawn("helper", null);
        let total = start;
        for step in range(0, 5) {
            remember("steps", recall("steps", 0) + 1);
            once(format("step-{}", step));
            total += call("double", step);
            sleep(5ms);
            write_file(format("note-{}.txt", step), string(total));
            send("main", step);
            publish("steps.done", step * 10);
        }
        let heard = [];
        while len(heard) < 10 { heard = push(heard, receive().payload); }
        memory_write("notes", {text: "the sweep was here"});
        let both = parallel([() => { remember("branch", total); recall("branch") }, {agent: "double", input: 50}]);
        delete_file("note-0.txt");
        let ran = read_file("ran.txt");
        {
            total: total,
            steps: recall("steps"),
            calls: call("double", 0),
            both: both,
            ran: split(trim(ran), "\\n"),
            lines: count_lines(ran),
            files: map(list_files(), f => f.name),
            found: len(memory_search("notes", "sweep")),
            heard: heard,
            answer: ask("helper", 21),
            left: receive(timeout: 0s),
        }
    }

    agent helper {
        policy everything { allow: all }
        let request = receive();
        reply(request, request.payload * 2);
    }

    agent double(x: int) -> int {
        remember("calls", recall("calls", 0) + 1);
        if x == 0 && recall("calls") > 5 { recall("calls") } else { x * 2 }
    }
    """

  /// The result of every run, disturbed or not.
  static let result =
    #"{"total":30,"steps":5,"calls":7,"both":[30,100],"#
    + #""ran":["step-0","step-1","step-2","step-3","step-4"],"lines":5,"#
    + #""files":["note-1.txt","note-2.txt","note-3.txt","note-4.txt","ran.txt"],"found":1,"#
    + #""heard":[0,0,1,10,2,20,3,30,4,40],"answer":42,"left":null}"#
}
