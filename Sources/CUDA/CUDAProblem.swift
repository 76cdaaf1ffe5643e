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

    /// The reason and the details, without a full stop.
    package var description: String { details.map { "\(reason): \($0)" } ?? reason }
}
