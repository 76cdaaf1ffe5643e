internal import CUDA
internal import CUDAKernels
import Synchronization

/// Tables of arrays in the device's memory, kept for as long as steps go on with the same ones.
final class CUDATables: Sendable {
    private struct Table {
        let bytes: [UInt8]
        let memory: UInt
    }

    /// Steps of training have few lists: what is finite, norms, parameters.
    private static let limit = 16

    /// The last that was used comes last.
    private let tables = Mutex<[Table]>([])

    /// The place in the device's memory of rows that are there for all that follows on the stream.
    func place(
        _ rows: [ft_cuda_array], on context: CUDAContext
    ) throws(CUDAProblem) -> UnsafePointer<ft_cuda_array>? {
        let bytes = rows.withUnsafeBytes { Array($0) }
        let place: Result<UInt, CUDAProblem> = tables.withLock { tables in
            Result { () throws(CUDAProblem) in
                if let index = tables.firstIndex(where: { $0.bytes == bytes }) {
                    let table = tables.remove(at: index)
                    tables.append(table)
                    return table.memory
                }
                return try upload(bytes, on: context, &tables)
            }
        }
        return UnsafePointer(bitPattern: try place.get())
    }

    /// Gives the memory of all tables back.
    func clear(on context: CUDAContext) {
        tables.withLock { tables in
            for table in tables { CUDATables.release(table, on: context) }
            tables = []
        }
    }

    private static func release(_ table: Table, on context: CUDAContext) {
        guard let memory = UnsafeMutableRawPointer(bitPattern: table.memory) else { return }
        context.deallocate(memory, table.bytes.count)
    }

    private func upload(
        _ bytes: [UInt8], on context: CUDAContext, _ tables: inout [Table]
    ) throws(CUDAProblem) -> UInt {
        if tables.count == CUDATables.limit {
            CUDATables.release(tables.removeFirst(), on: context)
        }
        let memory = try context.allocate(bytes.count)
        try context.copyIn(from: bytes, to: memory, byteCount: bytes.count)
        tables.append(Table(bytes: bytes, memory: UInt(bitPattern: memory)))
        return UInt(bitPattern: memory)
    }
}
