import Autograd
import Glibc
import Tensor
import Testing

@Suite("Chains of 200,000 operations")
struct LongChainTests {
    private static let length = 200_000

    private static func chain(from x: Tensor) -> Tensor {
        var y = x
        for _ in 0..<length { y = y + 1 }
        return y
    }

    @Test("are differentiated")
    func differentiated() {
        let x = Tensor.leaf(1.0)
        Self.chain(from: x).backward()
        expect(x.grad, [1])
    }

    @Test("are dropped without being differentiated")
    func dropped() {
        let x = Tensor.leaf(1.0)
        var y: Tensor? = Self.chain(from: x)
        expect(y, [200_001])
        y = nil
        #expect(x.grad == nil)
    }

    @Test("are differentiated and dropped on a stack of 128 KiB")
    func smallStack() {
        onSmallStack {
            let x = Tensor.leaf(1.0)
            Self.chain(from: x).backward()
            precondition(x.grad?.item == 1)
            _ = Self.chain(from: x)
            let kept = Self.chain(from: x)
            kept.backward(retainGraph: true)
        }
    }

    @Test("may branch and join at every step")
    func branching() {
        let x = Tensor.leaf(1.0)
        var (a, b) = (x, x)
        for _ in 0..<20_000 { (a, b) = (b * 1, (a + b) * 0.5) }
        (a + b).backward()
        expect(x.grad, [2], within: 1e-12)
    }

    /// Runs code on a thread whose stack a recursion over the graph would overflow.
    private func onSmallStack(_ body: @escaping @Sendable () -> Void) {
        final class Box {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 128 << 10)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Box(body)).toOpaque()
        let status = pthread_create(
            &thread, &attributes,
            { raw in
                if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body() }
                return nil
            }, context)
        #expect(status == 0)
        pthread_join(thread, nil)
        pthread_attr_destroy(&attributes)
    }
}
