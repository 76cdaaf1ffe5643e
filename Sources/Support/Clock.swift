import Glibc

/// The clocks of the system.
package enum Clock {
    /// Seconds on a clock that only goes forward.
    package static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Seconds since 1970.
    package static func secondsSince1970() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Seconds since 1970 as `2026-11-20T12:00:00Z`; the current time by default.
    package static func timestamp(secondsSince1970 seconds: Int? = nil) -> String {
        var moment = time_t(seconds ?? time(nil))
        var fields = tm()
        gmtime_r(&moment, &fields)
        func two(_ value: Int32) -> String { Format.digits(Int(value), 2) }
        let date = "\(1900 + Int(fields.tm_year))-\(two(fields.tm_mon + 1))-\(two(fields.tm_mday))"
        return "\(date)T\(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec))Z"
    }
}
