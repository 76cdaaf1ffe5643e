import Testing

extension TextCommandTests {
    @Test("a model of bytes goes on from any bytes of a file, one of characters from UTF-8 alone")
    func promptFile() throws {
        let bytes: [UInt8] = [0xFF, 0x80, 0x67, 0x00, 0xFE]
        for options in [["--bytes"], []] {
            let workspace = try workspace(options)
            try workspace.write("p.bin", bytes + [0x0A])
            try workspace.write("p.txt", "grün\n")
            let arguments = ["generate", "run", "--tokens", "5", "--prompt-file"]
            let text = try workspace.run(arguments + ["p.txt"])
            #expect(text.status == 0 && text.output.hasPrefix("grün"), "\(text.errors)")
            try workspace.write("m.txt", "\u{FEFF}grün\r\n")
            let marked = try workspace.run(arguments + ["m.txt"])
            let isAlike = marked.status == 0 && marked.output.hasPrefix("grün")
            #expect(isAlike == options.isEmpty, "\(marked.errors)")
            let child = try workspace.start(
                arguments + ["p.bin"], output: workspace.file("written"))
            let result = try child.wait()
            if options.isEmpty {
                #expect(result.status == 2 && result.errors.contains("p.bin: isn't UTF-8"))
            } else {
                #expect(result.status == 0, "\(result.errors)")
                #expect(try workspace.bytes("written").starts(with: bytes))
            }
            let none = try workspace.run(arguments + ["none"])
            #expect(none.status == 3 && none.errors.contains("none: there is no such file"))
            #expect(try workspace.run(arguments + ["p.txt", "--prompt", "g"]).status == 2)
        }
    }
}
