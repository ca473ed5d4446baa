import Foundation

@main
enum Main {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { fail("usage: toyas SOURCE PROGRAM") }
        guard let source = try? String(contentsOfFile: arguments[1], encoding: .utf8) else {
            fail("toyas: cannot read \(arguments[1])")
        }
        do throws(AssemblyError) {
            let program = try Assembler(source)
            let file = URL(filePath: arguments[2])
            do {
                try Data(ElfFile(program).bytes).write(to: file)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
            } catch {
                fail("toyas: cannot write \(arguments[2])")
            }
        } catch {
            fail("toyas: \(arguments[1]):\(error.line): \(error.message)")
        }
    }

    private static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(1)
    }
}
