import Autograd
public import FTJSON

extension TrainingProfile {
    /// The profile for programs; times are in seconds, of all steps together.
    public var json: JSONObject {
        [
            "steps": .int(steps), "batchSize": .int(batchSize),
            "seconds": [
                "forward": JSONValue(number: forward), "backward": JSONValue(number: backward),
                "again": JSONValue(number: again), "update": JSONValue(number: update),
            ],
            "operations": .array(profile.operations.map(TrainingProfile.json)),
            "places": .array(profile.places.map(TrainingProfile.json)),
            "kernels": .array(
                profile.kernels.map { kernel in
                    [
                        "name": .string(kernel.name), "launches": .int(kernel.launches),
                        "bytes": .int(kernel.bytes), "operations": .int(kernel.operations),
                    ]
                }),
            "peakBytes": .int(profile.peakBytes), "bytesBefore": .int(profile.bytesBefore),
            "backendPeakBytes": .int(profile.backendPeakBytes),
        ]
    }

    private static func json(_ row: Profile.Row) -> JSONValue {
        func json(_ cost: Profile.Cost) -> JSONValue {
            [
                "calls": .int(cost.calls), "seconds": JSONValue(number: cost.seconds),
                "bytes": .int(cost.bytes),
            ]
        }
        return [
            "name": .string(row.name), "forward": json(row.forward),
            "backward": json(row.backward), "heldAtPeak": .int(row.heldAtPeak),
        ]
    }
}
