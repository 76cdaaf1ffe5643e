import Tensor

/// Runs `body`, looking at what every operation computes, and throws an `Anomaly` that says which
/// operation first made a NaN, or an infinity from finite inputs, forward or backward.
///
/// `body` runs to its end first, for operations don't throw. If it throws itself after an anomaly,
/// the anomaly is thrown, as the likely cause. Every result is read once more: use it to search,
/// not always.
///
///     try detectAnomalies { loss(model(images), labels).backward() }
///
/// - Parameter infinities: whether infinities count, or NaN alone.
public func detectAnomalies<R>(infinities: Bool = true, _ body: () throws -> R) throws -> R {
    let search = AnomalySearch(infinities: infinities, traps: false)
    let result = Result { try Recording.observing(search, body) }
    if let anomaly = search.found { throw anomaly }
    return try result.get()
}

/// Runs `body` and stops the program at the first operation that makes a NaN or an infinity, so
/// that the backtrace that Swift prints shows the line that called it.
public func trapAnomalies<R>(infinities: Bool = true, _ body: () throws -> R) rethrows -> R {
    try Recording.observing(AnomalySearch(infinities: infinities, traps: true), body)
}
