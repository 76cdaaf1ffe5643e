import FTSupport
import Glibc
import Testing

@testable import FakeTensorCommand

@Suite("What would be a signal is an exit status") struct FaultTests {
    @Test("where a file becomes shorter while it is mapped")
    func shortened() async throws {
        let result = await #expect(
            processExitsWith: .exitCode(3), observing: [\.standardErrorContent]
        ) {
            Faults.becomeExits()
            var name = Array("/tmp/fault-XXXXXX".utf8CString)
            let descriptor = mkstemp(&name)
            let path = String(
                decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            ftruncate(descriptor, 1 << 20)
            let file = try MappedFile(path: path)
            unlink(path)
            ftruncate(descriptor, 0)
            _exit(Int32(file.bytes[1 << 19]))
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("a file that was being read has become shorter"))
    }

    @Test("where the program traps", arguments: [SIGILL, SIGTRAP, SIGABRT, SIGSEGV])
    func traps(number: Int32) async throws {
        await #expect(processExitsWith: .exitCode(70)) { [number] in
            var all = sigset_t()
            sigfillset(&all)
            pthread_sigmask(SIG_UNBLOCK, &all, nil)
            Faults.becomeExits()
            raise(number)
        }
    }
}
