import Glibc

/// What this process may use of the machine: all of it, or as much as its container is given.
package enum Machine {
    /// Bytes of memory.
    package static var memory: Int {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let all = pages > 0 ? pages * sysconf(Int32(_SC_PAGESIZE)) : 8 << 30
        let files = ["memory.max", "memory/memory.limit_in_bytes"]
        return memory(of: all, limits: files.map(limit))
    }

    /// How many of the processors that the system offers are worth a thread each, at least one.
    package static func processors(among offered: Int) -> Int {
        processors(among: offered, quota: limit("cpu.max"))
    }

    /// - Parameter limits: what a container's files say: numbers of bytes, or `max`.
    static func memory(of all: Int, limits: [String]) -> Int {
        limits.compactMap { Int($0) }.filter { $0 > 0 }.reduce(all, min)
    }

    /// - Parameter quota: what a container's file says: microseconds of computing in each so many,
    ///   such as `200000 100000` for two processors, or `max 100000`.
    static func processors(among offered: Int, quota: String) -> Int {
        let numbers = quota.split(separator: " ").map { Int($0) ?? 0 }
        guard numbers.count == 2, numbers[0] > 0, numbers[1] > 0 else { return max(1, offered) }
        let share = (Double(numbers[0]) / Double(numbers[1])).rounded(.up)
        return max(1, Int(min(Double(offered), share)))
    }

    /// A file of the container's limits, without its line's end; empty where there is none.
    private static func limit(_ name: String) -> String {
        let bytes = (try? FileBytes.read("/sys/fs/cgroup/\(name)", limit: 1 << 12)) ?? []
        return String(decoding: bytes.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
