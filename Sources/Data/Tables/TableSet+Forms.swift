extension TableSet {
    /// How the numbers of columns are written that would otherwise be taken for words.
    ///
    /// Throws where cells may mean one of two numbers.
    ///
    /// - Parameters:
    ///   - names: the columns that may be numbers.
    ///   - read: reads the tables with some columns as text.
    static func forms(
        _ names: [String], _ tables: [Table], _ options: TableOptions,
        read: (Set<String>) throws -> [Table]
    ) throws -> [String: NumberForm] {
        let marked = names.filter { name in
            isMarked(tables.compactMap { $0.column(name) }, options.types[name], options)
        }
        let texts = marked.isEmpty ? tables : try read(Set(marked))
        let evidence = marked.map { name in
            (name: name, found: NumberEvidence(texts.compactMap { $0.column(name) }))
        }
        // What one column can't say, the others of the table may.
        let said = Set(evidence.compactMap(\.found.decimal))
        var forms: [String: NumberForm] = [:]
        for (name, found) in evidence {
            let seen = found.decimal ?? (said.count == 1 ? said.first : nil)
            if options.decimal == nil,
                let problem = found.problem(name, seen, separator: tables[0].separator)
            {
                throw DataError(tables[0].path, problem)
            }
            forms[name] = found.form(options.decimal ?? seen ?? .point)
        }
        for name in names where forms[name] == nil && isAsked(options.types[name]) {
            forms[name] = ClockTime.form(tables.compactMap { $0.column(name) })
        }
        return forms
    }

    /// Which number is the day in columns of dates with the year last.
    ///
    /// Throws where a column doesn't say it.
    static func orders(
        _ names: [String], _ tables: [Table], _ options: TableOptions
    ) throws -> [String: DateOrder] {
        var orders: [String: DateOrder] = [:]
        for name in names {
            let kind = options.types[name]
            let found = DateEvidence(tables.compactMap { $0.column(name) })
            guard kind == .date && found.isAny || kind == nil && found.isMost else { continue }
            guard let order = options.dates ?? found.order else {
                throw DataError(tables[0].path, found.problem(name))
            }
            orders[name] = order
        }
        return orders
    }

    private static func isAsked(_ kind: ColumnKind?) -> Bool { kind == nil || kind == .number }

    /// Whether most cells are numbers that are written as people do, or all shall be read so.
    private static func isMarked(
        _ columns: [TableColumn], _ kind: ColumnKind?, _ options: TableOptions
    ) -> Bool {
        guard isAsked(kind) else { return false }
        if kind == nil, columns.contains(where: { $0.paddedCount > 0 }) { return false }
        let plain = columns.reduce(0) { $0 + $1.numberCount }
        let cells = columns.reduce(plain) { $0 + $1.wordCount }
        let unit = QuantityCell.unit(columns)
        let marked = columns.flatMap(\.words).reduce(0) { sum, word in
            let number = MarkedNumber(word.text, unit: unit)
            let isNumber = number?.value(.point) != nil || number?.value(.comma) != nil
            return sum + (isNumber ? word.count : 0)
        }
        let isMost = (marked + plain) * 2 > cells
        if options.decimal == .comma { return isMost || kind == .number }
        guard marked > 0, kind == nil else { return marked > 0 }
        return isMost && (marked > plain || options.decimal != nil)
    }
}
