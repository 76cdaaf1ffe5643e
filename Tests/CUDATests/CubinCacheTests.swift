import CUDA
import FTSupport
import Glibc
import Testing

@Suite("The cache of compiled kernels")
struct CubinCacheTests {
    private let parent: String
    private let cache: CubinCache

    init() throws {
        parent = try Folder.makeTemporary("cubins")
        cache = CubinCache(folder: "\(parent)/faketensor")
    }

    private func clean() {
        chmod(cache.folder, 0o700)
        Folder.remove(cache.folder)
        Folder.remove(parent)
    }

    private var files: [String] { Folder.names(in: cache.folder) ?? [] }

    @Test("gives back what was kept of the same text, and nothing of another")
    func keeps() {
        defer { clean() }
        #expect(cache.image(of: "a") == nil)
        cache.keep([1, 2, 3], of: "a")
        cache.keep([4], of: "b")
        #expect(cache.image(of: "a") == [1, 2, 3])
        #expect(cache.image(of: "b") == [4])
        #expect(cache.image(of: "c") == nil)
        cache.keep([5, 6], of: "a")
        #expect(cache.image(of: "a") == [5, 6])
        #expect(files.count == 2)
    }

    @Test("no other may enter its folder")
    func isPrivate() {
        defer { clean() }
        cache.keep([1], of: "a")
        var status = stat()
        #expect(stat(cache.folder, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
    }

    @Test("takes no file that was cut off or changed, wherever")
    func damage() throws {
        defer { clean() }
        cache.keep(Array(0..<40), of: "a key")
        let path = "\(cache.folder)/\(files[0])"
        let whole = try FileBytes.read(path)
        func put(_ bytes: [UInt8]) throws {
            unlink(path)
            try FileBytes.append(bytes, to: path)
        }
        for place in whole.indices {
            var changed = whole
            changed[place] ^= 1
            try put(changed)
            #expect(cache.image(of: "a key") == nil, "byte \(place)")
            try put(Array(whole[..<place]))
            #expect(cache.image(of: "a key") == nil, "cut off at \(place)")
        }
        try put(whole)
        #expect(cache.image(of: "a key") == Array(0..<40))
    }

    @Test("reads and writes nothing where others may write")
    func others() {
        defer { clean() }
        cache.keep([1], of: "a")
        chmod(cache.folder, 0o777)
        #expect(cache.image(of: "a") == nil)
        cache.keep([2], of: "b")
        #expect(files.count == 1)
        chmod(cache.folder, 0o700)
        #expect(cache.image(of: "a") == [1])
    }

    @Test("follows no link to another file")
    func links() throws {
        defer { clean() }
        cache.keep([1], of: "a")
        let path = "\(cache.folder)/\(files[0])"
        #expect(rename(path, "\(parent)/elsewhere") == 0)
        #expect(symlink("\(parent)/elsewhere", path) == 0)
        #expect(cache.image(of: "a") == nil)
    }

    @Test("many may write at once: whoever reads finds nothing, or all of one")
    func together() async {
        defer { clean() }
        let cache = cache
        let kept = await withTaskGroup(of: Bool.self) { group in
            for writer in UInt8(0)..<8 {
                group.addTask {
                    for _ in 0..<8 {
                        cache.keep([UInt8](repeating: writer, count: 4096), of: "a")
                        guard let image = cache.image(of: "a") else { return false }
                        if image.count != 4096 || Set(image).count != 1 { return false }
                    }
                    return true
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(kept)
        #expect(files.count == 1)
    }
}
