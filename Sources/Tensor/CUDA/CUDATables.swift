internal import CUDA
import Synchronization

/// What kernels read beside their operands, such as the addresses of all parameters: kept in the
/// device's memory for as long as steps go on with the same.
final class CUDATables: Sendable {
    /// So many different ones are steps of which nothing repeats.
    private let limit: Int

    /// Places in the device's memory by what lies there.
    private let tables = Mutex<[[UInt8]: UInt]>([:])

    init(limit: Int = 1024) { self.limit = limit }

    /// Makes room before the tables of a launch are placed: what is placed from here on stays until
    /// the next one begins.
    func begin(on context: CUDAContext) {
        tables.withLock { tables in
            if tables.count >= limit { CUDATables.release(&tables, on: context) }
        }
    }

    /// The place of a copy of `rows`, which is there for all that follows on the stream.
    func place<Row: BitwiseCopyable>(
        _ rows: [Row], on context: CUDAContext
    ) throws(CUDAProblem) -> UInt {
        let bytes = rows.withUnsafeBytes { Array($0) }
        if bytes.isEmpty { return 0 }
        let place: Result<UInt, CUDAProblem> = tables.withLock { tables in
            if let known = tables[bytes] { return .success(known) }
            return Result { () throws(CUDAProblem) in
                let memory = try context.allocate(bytes.count, isFilled: true)
                try context.copyIn(from: bytes, to: memory, byteCount: bytes.count)
                tables[bytes] = UInt(bitPattern: memory)
                return UInt(bitPattern: memory)
            }
        }
        return try place.get()
    }

    /// Gives the memory of all back.
    func clear(on context: CUDAContext) {
        tables.withLock { CUDATables.release(&$0, on: context) }
    }

    private static func release(_ tables: inout [[UInt8]: UInt], on context: CUDAContext) {
        for (bytes, place) in tables {
            guard let memory = UnsafeMutableRawPointer(bitPattern: place) else { continue }
            context.deallocate(memory, bytes.count)
        }
        tables = [:]
    }
}
