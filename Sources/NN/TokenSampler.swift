internal import Autograd
internal import Glibc
package import Tensor

/// Draws one token after another from a model, keeping keys and values of those before.
///
/// It is a value: a copy goes on by itself from where the other is, with the same numbers to draw.
/// The model is shared; it computes as in evaluation, also while it is being trained.
public struct TokenSampler {
    private let source: Source
    private let temperature: Double
    private let topK: Int?
    private var random: Random
    private var tokens: [Int]
    /// Those of them that no cache holds.
    private var fresh: [Int]
    private var caches: [KeyValueCache] = []

    /// What gives logits: a model that keeps what it has computed, or one that doesn't.
    private enum Source {
        case gpt(GPT)
        case function((Tensor) -> Tensor, context: Int, Device)
    }

    /// A sampler that goes on from at least one token; the same seed draws the same ones.
    ///
    /// - Parameters:
    ///   - temperature: what logits are divided by; at 0 the likeliest token is taken.
    ///   - topK: how many of the likeliest tokens may be drawn; all if nil.
    public init(
        _ model: GPT, after prompt: [Int], temperature: Double = 1, topK: Int? = nil,
        seed: UInt64 = 0
    ) {
        self.init(.gpt(model), after: prompt, temperature, topK, seed)
    }

    /// A sampler of a function that makes logits [1, count, vocabulary] of tokens [1, count], the
    /// last `context` at most, and is called with all of them for each token.
    package init(
        of function: @escaping (Tensor) -> Tensor, context: Int, on device: Device,
        after prompt: [Int], temperature: Double = 1, topK: Int? = nil, seed: UInt64 = 0
    ) {
        self.init(
            .function(function, context: context, device), after: prompt, temperature, topK, seed)
    }

    private init(
        _ source: Source, after prompt: [Int], _ temperature: Double, _ topK: Int?, _ seed: UInt64
    ) {
        guard !prompt.isEmpty, temperature >= 0, temperature.isFinite, topK ?? 1 > 0 else {
            fail(
                "TokenSampler",
                "\(prompt.count) tokens, temperature \(temperature), topK \(topK ?? 1)",
                hint: "start from a token, with a finite temperature from 0 up and topK from 1 up")
        }
        self.source = source
        self.temperature = temperature
        self.topK = topK
        random = Random(seed: seed).fork("tokens")
        tokens = prompt
        fresh = prompt
    }

    /// The next token. Where the context is full, the model goes on from its second half. Traps
    /// where the model's logits aren't numbers.
    public mutating func next() -> Int {
        guard let token = attempt() else {
            fail(
                "TokenSampler", "the model's logits are not finite numbers",
                hint: "look for NaN in its parameters: training may have diverged")
        }
        return token
    }

    /// The next token; nil where a logit is NaN, or the largest infinite.
    package mutating func attempt() -> Int? {
        let last: [Double]
        switch source {
        case .gpt(let model): last = logits(of: model)
        case .function(let function, let context, let device):
            let given = Array(tokens.suffix(context))
            last = TokenSampler.last(
                of: noGrad { function(Tensor(NDArray(given, [1, given.count])).to(device)) })
        }
        guard let top = last.max(), top.isFinite, !last.contains(where: \.isNaN) else {
            return nil
        }
        let token = draw(last)
        tokens.append(token)
        fresh = [token]
        return token
    }

    /// What a model says of the next token that keeps what it said of those before.
    private mutating func logits(of model: GPT) -> [Double] {
        let held = caches.first?.count ?? 0
        if caches.isEmpty || held + fresh.count > model.context {
            let kept = caches.isEmpty ? model.context : max(1, model.context / 2)
            fresh = Array(tokens.suffix(kept))
            caches = model.body.blocks.map { _ in KeyValueCache() }
        } else {
            // Copies of this sampler go on with those it had.
            caches = caches.map { $0.copy() }
        }
        let device = model.tokens.weight.device
        let given = Tensor(NDArray(fresh, [1, fresh.count])).to(device)
        let logits = noGrad { model.evaluated { model(given, caches: caches) } }
        return TokenSampler.last(of: logits)
    }

    private static func last(of logits: Tensor) -> [Double] {
        logits.narrow(axis: 1, start: logits.shape[1] - 1, count: 1).values(as: Double.self)
    }

    private mutating func draw(_ logits: [Double]) -> Int {
        let order = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }
        if temperature == 0 { return order[0] }
        let candidates = order.prefix(topK ?? order.count)
        let top = logits[order[0]]
        let shares = candidates.map { exp((logits[$0] - top) / temperature) }
        random = Random(seed: random.seed, stream: random.stream, position: random.position)
        var left = random.uniform([1], .float64).values(as: Double.self)[0] * shares.reduce(0, +)
        for (token, share) in zip(candidates, shares) {
            left -= share
            if left < 0 { return token }
        }
        return order[0]
    }
}
