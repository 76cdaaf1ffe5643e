import NN
import Tensor
import Testing

private enum Kind: CaseIterable {
    case relu, tanh, none
}

@Suite("Building a sequence")
struct SequentialTests {
    private func names(_ model: Sequential) -> [String] { model.layers.map(\.describe) }

    @Test("lists its layers in order")
    func list() {
        #expect(names(Sequential { ReLU() }) == ["ReLU"])
        let model = Sequential {
            ReLU()
            Tanh()
            Sigmoid()
        }
        #expect(names(model) == ["ReLU", "Tanh", "Sigmoid"])
        #expect(names(Sequential(ReLU(), Tanh())) == ["ReLU", "Tanh"])
        #expect(names(Sequential([ReLU(), Tanh()])) == ["ReLU", "Tanh"])
        #expect(names(Sequential {}).isEmpty)
    }

    @Test("keeps the layers of an if without else only when it holds", arguments: [true, false])
    func optional(flag: Bool) {
        let model = Sequential {
            ReLU()
            if flag { Tanh() }
        }
        #expect(names(model) == (flag ? ["ReLU", "Tanh"] : ["ReLU"]))
        let alone = Sequential { if flag { Tanh() } }
        #expect(names(alone) == (flag ? ["Tanh"] : []))
    }

    @Test("takes the right branch of an if with else", arguments: [true, false])
    func either(flag: Bool) {
        let model = Sequential {
            if flag {
                Tanh()
                ReLU()
            } else {
                Sigmoid()
            }
            SiLU()
        }
        #expect(names(model) == (flag ? ["Tanh", "ReLU", "SiLU"] : ["Sigmoid", "SiLU"]))
    }

    @Test("takes the right case of a switch", arguments: Kind.allCases)
    fileprivate func cases(kind: Kind) {
        let model = Sequential {
            switch kind {
            case .relu: ReLU()
            case .tanh: Tanh()
            case .none: []
            }
            SiLU()
        }
        let expected: [Kind: [String]] = [
            .relu: ["ReLU", "SiLU"], .tanh: ["Tanh", "SiLU"], .none: ["SiLU"],
        ]
        #expect(names(model) == expected[kind])
    }

    @Test("repeats the layers of a loop", arguments: [0, 1, 3])
    func loop(count: Int) {
        let model = Sequential {
            for index in 0..<count {
                ReLU()
                if index == 1 { Tanh() }
            }
            Sigmoid()
        }
        let body = [["ReLU"], ["ReLU", "Tanh"], ["ReLU"]].prefix(count).flatMap { $0 }
        #expect(names(model) == body + ["Sigmoid"])
    }

    @Test("accepts availability checks and lists of layers")
    func availability() {
        let model = Sequential {
            if #available(macOS 10, *) { ReLU() }
            [Tanh(), Sigmoid()]
        }
        #expect(names(model) == ["ReLU", "Tanh", "Sigmoid"])
    }

    @Test("applies its layers one after another")
    func order() {
        let model = Sequential {
            LeakyReLU(slope: 0.5)
            Residual { ReLU() }
        }
        #expect(model(Tensor([[-2, 3]])).values(as: Float.self) == [-1, 6])
        #expect(model.count == 2 && model[0] is LeakyReLU)
        let empty = Sequential([])
        #expect(empty(Tensor([1, 2])).values(as: Float.self) == [1, 2])
    }
}
