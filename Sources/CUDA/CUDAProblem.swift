/// Why a GPU can't be used, or what it met.
package struct CUDAProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened, in a few words to stand in a sentence.
    package let reason: String
    /// More of it, such as where something was looked for.
    package let details: String?
    /// The driver's number, nil where it didn't come to ask the driver.
    package let code: Int32?

    package init(_ reason: String, details: String? = nil, code: Int32? = nil) {
        self.reason = reason
        self.details = details
        self.code = code
    }

    /// Whether the device has no memory left, which others may give back.
    package var isLackOfMemory: Bool { code == 2 }

    /// Whether the GPU is lost to the process: whatever is asked of it fails from here on. Its
    /// kernels met what they can't go on from (700, 702, 710 and 714 to 719: a wrong address, an
    /// instruction, time that ran out), its context is gone (709), its memory or its connection
    /// fails (214, 220, 999), or it is gone itself (46).
    package var isLoss: Bool {
        guard let code else { return false }
        return (714...719).contains(code)
            || [46, 214, 220, 700, 702, 709, 710, 999].contains(code)
    }

    /// The reason and the details, without a full stop.
    package var description: String { details.map { "\(reason): \($0)" } ?? reason }
}
