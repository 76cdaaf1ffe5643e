import Testing
import Datasets
import Glibc
@Test func dumpDigits() throws {
    var t = timespec(); clock_gettime(CLOCK_MONOTONIC, &t)
    try Digits.write(to: "/tmp/digits-dump/digits.h5")
    var u = timespec(); clock_gettime(CLOCK_MONOTONIC, &u)
    print("seconds", Double(u.tv_sec - t.tv_sec) + Double(u.tv_nsec - t.tv_nsec) * 1e-9)
}
