public import Tensor

/// Every few steps of an optimizer, goes back part of the way to where the last such stretch ended.
///
///     let optimizer = Lookahead(Adam(model), steps: 5, share: 0.5)
///     optimizer.zeroGrad()
///     loss(model(x), y).backward()
///     optimizer.step()
///
/// After every `steps` steps, with p the parameters and s the slow ones that started where they
/// did: s += share · (p − s),  p = s.
///
/// Zhang et al., "Lookahead optimizer: k steps forward, 1 step back", 2019.
public final class Lookahead {
    /// What makes the steps.
    public let base: Optimizer
    /// How many steps lie between two looks.
    public let steps: Int
    /// How far the slow parameters go towards the fast ones.
    public let share: Double
    private let slow: Follower

    /// A look every `steps` steps of `base`, at least 1, going back to a `share` of the way, above
    /// 0 and at most 1.
    public init(_ base: Optimizer, steps: Int = 5, share: Double = 0.5) {
        guard steps > 0 else { fail("Lookahead", "\(steps) steps; at least one is needed") }
        guard share > 0, share <= 1 else {
            fail("Lookahead", "share is \(share), not above 0 and at most 1")
        }
        self.base = base
        self.steps = steps
        self.share = share
        slow = Follower(base.groups, slot: "slow") { step in
            step.isMultiple(of: steps) ? [1 - share, share, 1] : [1, 0, 0]
        }
    }

    /// Makes a step of the base, and a look where one is due.
    public func step() {
        if slow.stepsMade == 0 { slow.start() }
        base.step()
        slow.step()
    }

    /// Forgets the gradients of all parameters.
    public func zeroGrad() { base.zeroGrad() }

    private static let prefix = "lookahead/"

    /// The state of the base, and the slow parameters under names that begin with `lookahead/`.
    public var stateDictionary: [(name: String, value: NDArray)] {
        base.stateDictionary
            + slow.stateDictionary.map { (Lookahead.prefix + $0.name, $0.value) }
    }

    /// Restores what `stateDictionary` gave, or throws a `StateError`.
    public func load(_ state: [(name: String, value: NDArray)]) throws {
        let own = state.filter { $0.name.hasPrefix(Lookahead.prefix) }
        let before = base.stateDictionary
        try base.load(state.filter { !$0.name.hasPrefix(Lookahead.prefix) })
        do {
            try slow.load(own.map { (String($0.name.dropFirst(Lookahead.prefix.count)), $0.value) })
        } catch {
            try base.load(before)
            throw error
        }
    }
}
