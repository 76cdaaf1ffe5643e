/// What is compared of a case, in this order.
enum Check: String, CaseIterable {
    /// The results.
    case value
    /// Their types.
    case dtype
    /// The results from operands in another layout.
    case strided
    /// The gradient by the operands, backward.
    case gradient
    /// The gradient of a product with that gradient.
    case second
    /// The derivative along a direction, forward.
    case jvp
    /// That a call that PyTorch rejects traps here.
    case rejects

    var next: Check? {
        let all = Check.allCases
        let place = all.firstIndex(of: self).map { $0 + 1 } ?? all.count
        return place < all.count ? all[place] : nil
    }
}

enum Outcome: Equatable {
    case passed
    /// The case has nothing to compare.
    case absent
    case failed(String)
    /// The library has no form for the case.
    case inexpressible(String)
}
