import Autograd
import NN
import Tensor
import Testing

@Suite("Functions of a module")
struct FunctionTests {
    private static func net(dropout: Bool = false) -> Sequential {
        let random = Random(seed: 4)
        return Sequential {
            Linear(3, 5, dtype: .float64, using: random)
            Tanh()
            if dropout { Dropout(0.4, using: random) }
            Linear(5, 4, dtype: .float64, using: random)
            Tanh()
            Linear(4, 2, dtype: .float64, using: random)
        }
    }

    private static var x: Tensor { Tensor.normal([6, 3], .float64, using: Random(seed: 5)) }

    private static func loss(_ net: Layer) -> Tensor { net(x).square().sum() }

    @Test("give gradients by name, equal to backward's to the bit, and leave grad alone")
    func gradients() {
        let (net, other) = (Self.net(), Self.net())
        let (value, slopes) = valueAndGrad { (net: Sequential) in Self.loss(net) }(net)
        let loss = Self.loss(other)
        loss.backward()
        #expect(value.item == loss.item && value.requiresGrad)
        #expect(Set(slopes.keys) == Set(net.namedParameters.map(\.name)))
        for (name, parameter) in other.namedParameters {
            let expected = parameter.grad?.values(as: Double.self)
            #expect(slopes[name]?.values(as: Double.self) == expected, "\(name)")
        }
        #expect(net.parameters.allSatisfy { $0.grad == nil })
        #expect(slopes.values.allSatisfy { $0.requiresGrad })
    }

    @Test("are constants inside noGrad, of the same bits")
    func unrecorded() {
        let net = Self.net()
        let function = valueAndGrad { (net: Sequential) in Self.loss(net) }
        let recorded = function(net)
        let (value, slopes) = noGrad { function(net) }
        #expect(value.item == recorded.value.item && !value.requiresGrad)
        for (name, slope) in slopes {
            let expected = recorded.gradient[name]?.values(as: Double.self)
            #expect(slope.values(as: Double.self) == expected && !slope.requiresGrad, "\(name)")
        }
    }

    @Test("leave out what is frozen, and give zeros for what isn't used")
    func frozen() {
        let net = Self.net()
        net[0].freeze()
        let slopes = grad { (net: Sequential) in net[2](Tensor.ones([1, 5], .float64)).sum() }(net)
        #expect(Set(slopes.keys) == ["2.weight", "2.bias", "4.weight", "4.bias"])
        #expect(slopes["4.weight"]?.values(as: Double.self) == Array(repeating: 0, count: 8))
        #expect(slopes["2.bias"]?.values(as: Double.self) == [1, 1, 1, 1])
    }

    @Test("list a shared parameter once, with the gradient of all its uses")
    func shared() {
        let layer = Linear(2, 2, bias: false, dtype: .float64, using: Random(seed: 1))
        let net = Sequential(layer, layer)
        let slopes = grad { (net: Sequential) in net(.ones([1, 2], .float64)).sum() }(net)
        #expect(Array(slopes.keys) == ["0.weight"])
        net(.ones([1, 2], .float64)).sum().backward()
        #expect(slopes["0.weight"]?.values(as: Double.self) == layer.weight.grad?.values())
    }

    /// A direction in the space of parameters.
    private static func direction(_ net: Module, seed: UInt64) -> [String: Tensor] {
        let random = Random(seed: seed)
        return net.mapLeaves { Tensor.normal($0.shape, .float64, using: random) }
    }

    private static func dot(_ a: [String: Tensor], _ b: [String: Tensor]) -> Double {
        a.reduce(0) { $0 + ($1.value * (b[$1.key] ?? .zeros(like: $1.value))).sum().item }
    }

    @Test("include jvp and vjp, which are each other's duals")
    func duality() {
        let net = Self.net()
        let v = Self.direction(net, seed: 1)
        let (value, pushed) = jvp({ (net: Sequential) in net(Self.x) }, at: net, along: v)
        let (same, pullback) = vjp({ (net: Sequential) in net(Self.x) }, at: net)
        #expect(value.values(as: Double.self) == same.values(as: Double.self))
        let u = Tensor.normal([6, 2], .float64, using: Random(seed: 2))
        let left = (u * pushed).sum().item
        expectClose([left], [Self.dot(pullback(u), v)], tolerance: 1e-12)
        #expect(left != 0)
        #expect(net.parameters.allSatisfy { $0.grad == nil })
        // Without a direction nothing moves; with one by one parameter, only that.
        let still = jvp({ (net: Sequential) in net(Self.x) }, at: net, along: [:]).tangent
        #expect(still.values(as: Double.self).allSatisfy { $0 == 0 })
    }

    @Test("include hvp: the difference of gradients, symmetric, the same as reverse over reverse")
    func hessian() {
        let net = Self.net()
        let loss = { (net: Sequential) in Self.loss(net) }
        let (u, v) = (Self.direction(net, seed: 1), Self.direction(net, seed: 2))
        let product = hvp(loss, at: net, along: v)
        #expect(product.count == 6)
        expectClose(
            [Self.dot(product, u)], [Self.dot(hvp(loss, at: net, along: u), v)], tolerance: 1e-10)
        let byReverse = grad { (net: Sequential) in
            let slopes = grad(loss)(net)
            return slopes.sorted { $0.key < $1.key }.reduce(Tensor(0, .float64)) { sum, slope in
                sum + (slope.value * (v[slope.key] ?? .zeros(like: slope.value))).sum()
            }
        }(net)
        for (name, expected) in byReverse {
            expectClose(product[name] ?? Tensor(0), expected, tolerance: 1e-10)
        }
        let step = 1e-5
        func shifted(_ sign: Double) -> [String: Tensor] {
            let moved = Self.net()
            for (name, parameter) in moved.namedParameters {
                guard let direction = v[name] else { continue }
                parameter.data = noGrad { (parameter + direction * (sign * step)).data }
            }
            return grad(loss)(moved)
        }
        let (up, down) = (shifted(1), shifted(-1))
        for (name, found) in product {
            guard let high = up[name], let low = down[name] else { continue }
            expectClose(found, (high - low) / (2 * step), tolerance: 1e-6)
        }
    }

    @Test("can be differentiated: by backward, an outer grad, hvp or a tape")
    func nested() {
        let penalty = { (slopes: [String: Tensor]) in
            slopes.sorted { $0.key < $1.key }.reduce(Tensor(0, .float64)) {
                $0 + $1.value.square().sum()
            }
        }
        let loss = { (net: Sequential) in Self.loss(net) }
        let net = Self.net()
        penalty(grad(loss)(net)).backward()
        let expected = net.mapLeaves { ($0.grad ?? .zeros(like: $0)).detach() }
        net.zeroGrad()
        let nested = grad { (net: Sequential) in penalty(grad(loss)(net)) }(net)
        let tape = GradientTape()
        let total = tape.record { penalty(grad(loss)(net)) }
        let taped = tape.gradients(of: [total], by: net.parameters)
        for (index, (name, _)) in net.namedParameters.enumerated() {
            guard let expected = expected[name] else { continue }
            #expect(expected.values(as: Double.self).contains { $0 != 0 })
            expectClose(nested[name] ?? Tensor(0), expected, tolerance: 1e-10)
            expectClose(taped[index] ?? Tensor(0), expected, tolerance: 1e-10)
        }
        // The same along a direction: the third derivative of the loss, against differences.
        let v = Self.direction(net, seed: 3)
        let pushed = jvp(
            { (net: Sequential) in penalty(grad(loss)(net)) }, at: net, along: v
        ).tangent
        expectClose([pushed.item], [Self.dot(expected, v)], tolerance: 1e-10)
        let curvature = { (net: Sequential) in penalty(hvp(loss, at: net, along: v)) }
        let third = grad(curvature)(net)
        let step = 1e-5
        func moved(_ sign: Double) -> Double {
            let other = Self.net()
            for (name, parameter) in other.namedParameters {
                guard let direction = v[name] else { continue }
                parameter.data = noGrad { (parameter + direction * (sign * step)).data }
            }
            return curvature(other).item
        }
        let slope = (moved(1) - moved(-1)) / (2 * step)
        expectClose([Self.dot(third, v)], [slope], tolerance: 1e-5)
    }

    @Test("connect to variables outside: an inner gradient step is differentiated (MAML)")
    func connected() {
        let net = Self.net()
        let f = { (scale: Tensor) in
            let slopes = grad { (net: Sequential) in net(Self.x * scale).square().sum() }(net)
            return slopes["0.weight"].map { $0.square().sum() } ?? Tensor(0)
        }
        let point = Tensor(1.5, .float64)
        let step = 1e-5
        let slope = (f(point + step).item - f(point - step).item) / (2 * step)
        expectClose([grad(f)(point).item], [slope], tolerance: 1e-6)
    }

    @Test("name a direction's unknown parameter")
    func unknown() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let net = Linear(2, 2, using: Random(seed: 1))
            _ = jvp({ $0(Tensor.ones([1, 2])) }, at: net, along: ["wieght": Tensor.ones([2, 2])])
        }
        let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(message?.contains("jvp: the module has no parameter 'wieght'") ?? false)
    }
}
