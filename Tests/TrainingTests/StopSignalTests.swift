import Glibc
import Testing

@testable import Training

/// Listens on a thread that takes all signals, which those of tests don't.
private func listening() -> StopSignal {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_UNBLOCK, &all, nil)
    return StopSignal.listening()
}

@Suite("A signal that asks for the end") struct StopSignalTests {
    private func text(_ result: ExitTest.Result?) -> String {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }

    @Test("ends the program at once before training began")
    func preparing() async {
        let result = await #expect(
            processExitsWith: .exitCode(143), observing: [\.standardErrorContent]
        ) {
            _ = listening()
            raise(SIGTERM)
        }
        #expect(text(result) == "fttrain: stopped before training began; nothing is lost\n")
    }

    @Test("is a wish while a step is computed, and the second one an order")
    func computing() async {
        await #expect(processExitsWith: .exitCode(129)) {
            let stop = listening()
            stop.during(.computing) {
                raise(SIGHUP)
                guard stop.isRequested else { _exit(1) }
                raise(SIGINT)
            }
            _exit(2)
        }
    }

    @Test("never cuts a save short, however often it comes")
    func saving() async {
        let result = await #expect(
            processExitsWith: .exitCode(7), observing: [\.standardErrorContent]
        ) {
            let stop = listening()
            stop.during(.computing) {
                stop.during(.saving) { for _ in 0..<3 { raise(SIGINT) } }
                _exit(stop.isRequested ? 7 : 1)
            }
        }
        let line = "fttrain: stopping; waiting for the checkpoint that is being written\n"
        #expect(text(result) == String(repeating: line, count: 3))
    }

    @Test("is answered with what it waits for, where that takes long")
    func waiting() async {
        let result = await #expect(
            processExitsWith: .exitCode(7), observing: [\.standardErrorContent]
        ) {
            let stop = listening()
            stop.during(.waitingForData) {
                raise(SIGINT)
                raise(SIGALRM)
            }
            _exit(7)
        }
        #expect(
            text(result) == "fttrain: stopping; waiting for the next batch of the data; one more "
                + "signal ends it at once, without saving\n")
    }
}
