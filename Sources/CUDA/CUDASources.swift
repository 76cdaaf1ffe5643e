internal import CUDAKernels
internal import FTSupport

/// The sources of all kernels: the program and the files that it includes.
package struct CUDASources: Sendable {
    /// A file, by the name under which others include it.
    package struct File: Sendable, Equatable {
        package let name: String
        package let text: String

        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    package let program: File
    package let included: [File]
    /// The SHA-256 of all names and texts.
    package let digest: String

    package init(program: File, included: [File]) {
        self.program = program
        self.included = included
        let parts = ([program] + included).flatMap { [$0.name, $0.text] }
        digest = SHA256.text(Array(parts.joined(separator: "\0").utf8))
    }

    /// Those that this program was built with.
    package static var embedded: CUDASources {
        func text(_ pointer: UnsafePointer<CChar>?) -> String {
            pointer.map { String(cString: $0) } ?? ""
        }
        let files = (0..<ft_cuda_source_count()).map { index in
            File(name: text(ft_cuda_source_name(index)), text: text(ft_cuda_source_text(index)))
        }
        return CUDASources(
            program: files.first ?? File(name: "none.cu", text: ""),
            included: Array(files.dropFirst()))
    }

    /// Calls `body` with the program's text and name, and with the number, texts and names of what
    /// it includes.
    func withTexts<R>(
        _ body: (
            UnsafePointer<CChar>, UnsafePointer<CChar>, Int32,
            UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<UnsafePointer<CChar>?>?
        ) -> R
    ) -> R {
        withCStrings(included.map(\.text)) { texts in
            withCStrings(included.map(\.name)) { names in
                body(program.text, program.name, Int32(included.count), texts, names)
            }
        }
    }
}
