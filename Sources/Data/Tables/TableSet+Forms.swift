extension TableSet {
    /// How the numbers of columns are written that would otherwise be taken for words.
    ///
    /// - Parameters:
    ///   - names: the columns that may be numbers.
    ///   - refused: is given those whose cells may mean one of two numbers.
    ///   - read: reads the tables with some columns as text.
    static func forms(
        _ names: [String], _ tables: [Table], _ options: TableOptions,
        _ refused: inout RefusedColumns, read: (Set<String>) throws -> [Table]
    ) throws -> [String: NumberForm] {
        var writings: [String: NumberWriting] = [:]
        for name in names {
            let columns = tables.compactMap { $0.column(name) }
            if options.types[name] == nil, MixedGroups(columns) != nil { continue }
            writings[name] = NumberWriting(columns, options.types[name], options)
        }
        func evidence(_ isWanted: (NumberWriting) -> Bool) throws -> [String: NumberEvidence] {
            let wanted = names.filter { writings[$0].map(isWanted) ?? false }
            if wanted.isEmpty { return [:] }
            let texts = try read(Set(wanted))
            let found = wanted.map { name in
                NumberEvidence(
                    texts.compactMap { $0.column(name) }, isSaid: options.types[name] == .number)
            }
            return Dictionary(uniqueKeysWithValues: zip(wanted, found))
        }
        let marked = try evidence { $0 == .marked }
        // What one column can't say, the others of the table may, of plain numbers too.
        var said = Set(marked.values.compactMap(\.decimal))
        var others: [String: NumberEvidence] = [:]
        let isOpen = marked.values.contains { $0.decimal == nil && $0.unclear != nil }
        if options.decimal == nil, isOpen || said.contains(.comma) {
            others = try evidence { $0 == .decimals || $0 == .commas }
            said.formUnion(
                others.filter { writings[$0.key] == .decimals }.compactMap(\.value.decimal))
        }
        var forms: [String: NumberForm] = [:]
        for name in names {
            if let found = marked[name] {
                let seen = found.decimal ?? (said.count == 1 ? said.first : nil)
                if let problem = found.problem(
                    name, seen, given: options.decimal, separator: tables[0].separator)
                {
                    refused.add(name, problem)
                }
                forms[name] = found.form(options.decimal ?? seen ?? .point)
            } else if let found = others[name], said == [.comma], found.decimal != .point {
                forms[name] = found.form(.comma)
            } else if let found = others[name], said.count == 2, options.types[name] == nil,
                let problem = found.problem(ofMixed: name)
            {
                refused.add(name, problem)
            }
            if forms[name] == nil, isAsked(options.types[name]) {
                forms[name] = ClockTime.form(tables.compactMap { $0.column(name) })
            }
        }
        return forms
    }

    /// Which number is the day in columns of dates with the year last.
    ///
    /// - Parameter refused: is given those that don't say it.
    static func orders(
        _ names: [String], _ tables: [Table], _ options: TableOptions,
        _ refused: inout RefusedColumns
    ) -> [String: DateOrder] {
        var orders: [String: DateOrder] = [:]
        for name in names {
            let kind = options.types[name]
            let found = DateEvidence(tables.compactMap { $0.column(name) })
            guard kind == .date && found.isAny || kind == nil && found.isMost else { continue }
            orders[name] = options.dates ?? found.order
            if orders[name] == nil { refused.add(name, found.problem(name)) }
        }
        return orders
    }

    static func isAsked(_ kind: ColumnKind?) -> Bool { kind == nil || kind == .number }
}

/// How the numbers of a column are written, by a first look at its cells.
private enum NumberWriting {
    /// As people do, certainly not only as programs do.
    case marked
    /// As programs do, but for some with decimal commas.
    case commas
    /// As programs do, some with decimals.
    case decimals

    /// nil where there is nothing to find out.
    init?(_ columns: [TableColumn], _ kind: ColumnKind?, _ options: TableOptions) {
        guard TableSet.isAsked(kind) else { return nil }
        if kind == nil, columns.contains(where: { $0.paddedCount > 0 }) { return nil }
        let plain = columns.reduce(0) { $0 + $1.numberCount }
        let cells = columns.reduce(plain) { $0 + $1.wordCount }
        let unit = QuantityCell.unit(columns, isSaid: kind == .number)
        var (marked, unsigned, commas) = (0, 0, 0)
        for word in columns.flatMap(\.words) {
            guard let number = MarkedNumber(word.text, unit: unit) else { continue }
            let isRead = (number.value(.point) != nil, number.value(.comma) != nil)
            guard isRead.0 || isRead.1 else { continue }
            marked += word.count
            guard number.mark.isEmpty else { continue }
            if isRead.0 { unsigned += word.count } else { commas += word.count }
        }
        let isMost = (marked + plain) * 2 > cells
        let isMarked =
            if options.decimal == .comma {
                isMost || kind == .number
            } else if kind == nil {
                isMost && marked > 0 && (marked > plain || unsigned > 0 || options.decimal != nil)
            } else { marked > 0 }
        if isMarked {
            self = .marked
        } else if isMost, commas > 0 {
            self = .commas
        } else if plain > 0, columns.contains(where: \.hasFractions) {
            self = .decimals
        } else {
            return nil
        }
    }
}
