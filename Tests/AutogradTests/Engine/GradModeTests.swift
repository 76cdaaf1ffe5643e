import Autograd
import FTSupport
import Tensor
import Testing

@Suite("Recording")
struct GradModeTests {
    private func records(_ x: Tensor) -> Bool { (x * x).requiresGrad }

    @Test("is on, off in noGrad, on again in enableGrad, in any nesting")
    func nesting() {
        let x = Tensor.leaf(1.0)
        #expect(records(x))
        noGrad {
            #expect(!records(x))
            noGrad { #expect(!records(x)) }
            #expect(!records(x))
            enableGrad {
                #expect(records(x))
                noGrad { #expect(!records(x)) }
                #expect(records(x))
            }
            #expect(!records(x))
        }
        enableGrad { #expect(records(x)) }
        #expect(records(x))
    }

    @Test("takes several statements that end in a tensor")
    func statements() {
        let x = Tensor.leaf(3.0)
        let data = noGrad {
            let size = x.abs() + 1
            return x / size
        }.data
        #expect(data.values(as: Double.self) == [0.75])
        let slope = noGrad {
            enableGrad {
                let square = x * x
                return square + x
            }.requiresGrad
        }
        #expect(slope)
    }

    private struct Stop: Error {}

    @Test("returns to what it was when the body throws")
    func throwing() {
        let x = Tensor.leaf(1.0)
        #expect(throws: Stop.self) {
            try noGrad {
                #expect(!records(x))
                throw Stop()
            }
        }
        #expect(records(x))
    }

    @Test("does not last into other threads")
    func threads() {
        noGrad {
            POSIXThread { precondition(GradMode.isEnabled) }.join()
            #expect(!GradMode.isEnabled)
        }
    }

    @Test("is off during backward unless the graph is created")
    func duringBackward() {
        let x = Tensor.leaf(2.0)
        (x * x).backward()
        #expect(x.grad?.requiresGrad == false)
        x.zeroGrad()
        let y = x * x
        noGrad { y.backward(createGraph: true) }
        #expect(x.grad?.requiresGrad == true)
        x.zeroGrad()
    }

    @Test("leaves results of noGrad without history, as leaves")
    func history() {
        let x = Tensor.leaf(2.0)
        let y = noGrad { x * x }
        #expect(y.isLeaf && y.ctx == nil && y.parents.isEmpty)
        let z = x * x
        #expect(!z.isLeaf && z.parents.count == 2)
    }
}
