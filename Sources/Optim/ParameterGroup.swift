public import NN
public import Tensor

/// Parameters that are trained alike.
public struct ParameterGroup {
    /// The parameters and the names their state is saved by.
    public let parameters: [(name: String, parameter: Parameter)]
    /// Multiplies the optimizer's learning rate, so that one schedule serves all groups.
    public var rateFactor: Double
    /// The weight decay of this group; the optimizer's own if nil.
    public var weightDecay: Double?

    /// Parameters by the names that their state is saved by, which differ within an optimizer.
    public init(
        _ parameters: [(name: String, parameter: Parameter)], rateFactor: Double = 1,
        weightDecay: Double? = nil
    ) {
        self.parameters = parameters
        self.rateFactor = rateFactor
        self.weightDecay = weightDecay
    }

    /// A module's parameters by their names in it, those that `include` accepts. A `prefix` tells
    /// apart the names of two modules.
    ///
    ///     ParameterGroup(model, weightDecay: 0) { name, _ in name.hasSuffix("bias") }
    public init(
        _ module: Module, prefix: String = "", rateFactor: Double = 1, weightDecay: Double? = nil,
        where include: (String, Parameter) -> Bool = { _, _ in true }
    ) {
        let chosen = module.namedParameters.filter { include($0.name, $0.parameter) }
        self.init(
            chosen.map { (prefix + $0.name, $0.parameter) }, rateFactor: rateFactor,
            weightDecay: weightDecay)
    }
}

/// What an optimizer can be made for: a module, parameters or groups of them.
public protocol ParameterSource {
    /// The groups, in the order in which their states are saved.
    var parameterGroups: [ParameterGroup] { get }
}

extension ParameterGroup: ParameterSource {
    /// This group alone.
    public var parameterGroups: [ParameterGroup] { [self] }
}

extension Module: ParameterSource {
    /// One group of all parameters by their names in the module.
    public final var parameterGroups: [ParameterGroup] { [ParameterGroup(self)] }
}

extension Parameter: ParameterSource {
    /// One group of this parameter, named by its label, or else `0`.
    public var parameterGroups: [ParameterGroup] { [ParameterGroup([(label ?? "0", self)])] }
}

extension Array: ParameterSource where Element: ParameterSource {
    /// Parameters make one group, named by their labels or else their positions. Modules do too,
    /// named as a `Sequential` of them would: `1.weight`, and what they share once.
    public var parameterGroups: [ParameterGroup] {
        if let modules = self as? [Module] {
            var seen: Set<ObjectIdentifier> = []
            let named = modules.enumerated().flatMap { index, module in
                module.namedParameters.filter {
                    seen.insert(ObjectIdentifier($0.parameter)).inserted
                }
                .map { ("\(index).\($0.name)", $0.parameter) }
            }
            return [ParameterGroup(named)]
        }
        guard let parameters = self as? [Parameter] else { return flatMap(\.parameterGroups) }
        let named = parameters.enumerated().map { ($1.label ?? String($0), $1) }
        return [ParameterGroup(named)]
    }
}
