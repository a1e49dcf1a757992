import SymbiontCommands

await SymbiProgram.main()
