/* Walks a PDF as a screen reader would and tells what is wrong with its logical structure: a line each, nothing when all is well.
 * Reads the file through MuPDF, and knows nothing of our writer. Clauses: ISO 32000-1; UA: ISO 14289-1; A: ISO 19005-1.
 *
 *     mutool run structure.js check FILE...      the mistakes, "FILE: RULE: what"
 *     mutool run structure.js excerpt FILE...    the same of excerpts of documents, whose first heading may be of any level
 *     mutool run structure.js text FILE          the text in the order of the structure, a line for each block, " | " between cells
 *     mutool run structure.js outline FILE       the elements, indented
 *
 * Told apart from mistakes, as "note": a table without heading cells, which UA only advises against (7.5).
 */
"use strict"

var BLOCKS = ["P", "H1", "H2", "H3", "H4", "H5", "H6"]
var GROUPING = ["Document", "Part", "Art", "Sect", "Div", "BlockQuote"]
var INLINE = ["Span", "Link", "Figure", "Reference", "Quote"]
var PARENTS = { // 14.8.4.3: what may stand in what, where that is a closed list
    TR: ["Table", "THead", "TBody", "TFoot"], TH: ["TR"], TD: ["TR"], THead: ["Table"], TBody: ["Table"], TFoot: ["Table"],
    Caption: ["Table", "Figure", "L"], LI: ["L"], Lbl: ["LI"], LBody: ["LI"]
}
var STANDARD = BLOCKS.concat(GROUPING, INLINE, ["Table", "TR", "TH", "TD", "THead", "TBody", "TFoot", "Caption", "L", "LI", "Lbl", "LBody", "Form"])
var EMPTY_MAY_BE = ["TD", "TH"]

var file, complaints, excerpt

function complain(rule, what) {
    complaints++
    print(file + ": " + rule + ": " + what)
}

function has(list, item) {
    return list.indexOf(item) >= 0
}

function name(object) {
    return object && object.isName() ? object.asName() : null
}

function text(object) {
    return object && object.isString() ? object.asString() : ""
}

function number(object) {
    return object && object.isNumber() ? object.asNumber() : null
}

function id(object) {
    return object && object.isIndirect() ? object.asIndirect() : 0
}

function list(object) { // an array, or a single value in place of one
    var items = []
    if (!object || object.isNull())
        return items
    if (!object.isArray())
        return [object]
    for (var i = 0; i < object.length; i++)
        items.push(object[i])
    return items
}

/* The versions of MuPDF differ in which comes first. */
function each_entry(dictionary, visit) {
    dictionary.forEach(function (a, b) {
        if (typeof a == "string")
            visit(a, b)
        else
            visit(b, a)
    })
}

/* ── fonts: what a code means (9.10.3) ── */

function utf16(hex) {
    var out = ""
    for (var i = 0; i + 4 <= hex.length; i += 4)
        out += String.fromCharCode(parseInt(hex.slice(i, i + 4), 16))
    return out
}

function bytes_of(stream) {
    var buffer = stream.readStream(), parts = []
    for (var i = 0; i < buffer.length; i++)
        parts.push(String.fromCharCode(buffer[i]))
    return parts.join("")
}

function read_cmap(font, label) {
    var map = {}
    if (!font.ToUnicode || !font.ToUnicode.isStream()) {
        complain("unicode", "font " + label + " has no ToUnicode (UA 7.21.7)")
        return map
    }
    var sections = bytes_of(font.ToUnicode).split(/begin(bfchar|bfrange)/)
    for (var i = 1; i + 1 < sections.length; i += 2) {
        var tokens = sections[i + 1].split("end" + sections[i])[0].match(/<[0-9A-Fa-f]*>|\[|\]/g) || []
        for (var k = 0; k < tokens.length;) {
            var from = parseInt(tokens[k++].slice(1), 16), to = from
            if (sections[i] == "bfrange")
                to = parseInt(tokens[k++].slice(1), 16)
            if (tokens[k] == "[") {
                for (k++; tokens[k] != "]"; k++)
                    map[from++] = utf16(tokens[k].slice(1, -1))
                k++
                continue
            }
            var target = tokens[k++].slice(1, -1)
            for (var code = from; code <= to; code++) {
                var last = parseInt(target.slice(-4), 16) + code - from
                map[code] = utf16(target.slice(0, -4) + ("000" + last.toString(16)).slice(-4))
            }
        }
    }
    return map
}

/* ── content streams (7.8.2) ── */

/* Over buffers, one after another: MuPDF's strings take long to index. */
function Lexer(streams) {
    this.streams = streams
    this.open(0)
}

var SPACE = {0: true, 9: true, 10: true, 12: true, 13: true, 32: true}
var DELIMITER = {40: true, 41: true, 60: true, 62: true, 91: true, 93: true, 47: true} // ( ) < > [ ] /

Lexer.prototype.open = function (index) {
    this.index = index
    this.bytes = index < this.streams.length ? this.streams[index].readStream() : []
    this.length = this.bytes.length
    this.at = 0
}

/* The next operand or operator: {number}, {name}, {string}, {open}, {close} or {operator}; null at the end. */
Lexer.prototype.next = function () {
    var b = this.bytes
    while (this.at < this.length && SPACE[b[this.at]])
        this.at++
    if (this.at >= this.length) {
        if (this.index + 1 >= this.streams.length)
            return null
        this.open(this.index + 1)
        return this.next()
    }
    var c = b[this.at]
    if (c == 40)
        return {string: this.literal()}
    if (c == 60 && b[this.at + 1] == 60 || c == 62) {
        this.at += 2
        return c == 60 ? {open: true} : {close: true}
    }
    if (c == 60)
        return {string: this.hexadecimal()}
    if (c == 91 || c == 93) {
        this.at++
        return c == 91 ? {open: true} : {close: true}
    }
    var word = String.fromCharCode(b[this.at++])
    while (this.at < this.length && !SPACE[b[this.at]] && !DELIMITER[b[this.at]])
        word += String.fromCharCode(b[this.at++])
    if (c == 47)
        return {name: word.slice(1)}
    return c >= 48 && c <= 57 || c == 43 || c == 45 || c == 46 ? {number: parseFloat(word)} : {operator: word}
}

/* Strings are lists of bytes (7.3.4). */
Lexer.prototype.literal = function () {
    var out = [], depth = 1, b = this.bytes, escapes = {110: 10, 114: 13, 116: 9, 98: 8, 102: 12}
    for (this.at++; depth > 0 && this.at < this.length; this.at++) {
        var c = b[this.at]
        if (c == 92) {
            c = b[++this.at]
            if (c >= 48 && c <= 55) {
                for (var code = 0, digits = 0; digits < 3 && b[this.at] >= 48 && b[this.at] <= 55; digits++)
                    code = code * 8 + b[this.at++] - 48
                this.at--
                out.push(code & 255)
            } else {
                out.push(escapes[c] || c)
            }
            continue
        }
        depth += c == 40 ? 1 : c == 41 ? -1 : 0
        if (depth > 0)
            out.push(c)
    }
    return out
}

Lexer.prototype.hexadecimal = function () {
    var out = [], digits = ""
    for (this.at++; this.at < this.length && this.bytes[this.at] != 62; this.at++)
        if (!SPACE[this.bytes[this.at]])
            digits += String.fromCharCode(this.bytes[this.at])
    this.at++
    for (var i = 0; i < digits.length; i += 2)
        out.push(parseInt((digits.slice(i, i + 2) + "0").slice(0, 2), 16))
    return out
}

/* The next operator with its operands; arrays and dictionaries are flat lists of tokens. */
Lexer.prototype.command = function () {
    var operands = []
    for (var token; (token = this.next());) {
        if (token.operator)
            return {operator: token.operator, operands: operands}
        operands.push(token)
    }
    return null
}

function property(operands, key) {
    for (var i = 0; i + 1 < operands.length; i++)
        if (operands[i].name == key && i > 0)
            return operands[i + 1]
    return null
}

var PAINTS = ["S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "BI"]
var SHOWS = ["Tj", "TJ", "'", "\""]

/* What stands on a page: {text, tag, used} by MCID, in the order of the content. */
function read_page(doc, index) {
    var page = doc.findPage(index), fonts = {}, font = {}, marks = [], stack = [], where = "page " + (index + 1)
    var lexer = new Lexer(list(page.Contents)), command
    var resources = page.get("Resources")
    if (resources && resources.Font)
        each_entry(resources.Font, function (key, font) { fonts[key] = read_cmap(font, key) })
    var actual = null // 14.9.4: what stands for all that is shown now

    function inside(kind) {
        return stack.some(function (open) { return open[kind] !== undefined })
    }

    function show(operands) {
        var out = ""
        operands.forEach(function (operand) {
            if (operand.string === undefined)
                return
            for (var i = 0; i + 1 < operand.string.length; i += 2) {
                var code = operand.string[i] * 256 + operand.string[i + 1], meaning = font[code]
                if (actual === null && (!meaning || /[\u0000\ufffe\ufeff\ufffd]/.test(meaning)))
                    complain("unicode", where + ": code " + code + " means nothing (UA 7.21.7)")
                out += meaning || ""
            }
        })
        return actual === null ? out : ""
    }

    function begin(command) {
        var tag = command.operands[0].name, mcid = property(command.operands, "MCID"), open = {tag: tag}
        if (tag == "Artifact") {
            open.artifact = property(command.operands, "Subtype") || property(command.operands, "Type") || true
            if (inside("mcid"))
                complain("marked", where + ": an artifact within content (UA 7.1)")
        }
        if (mcid) {
            open.mcid = mcid.number
            if (inside("artifact"))
                complain("marked", where + ": content within an artifact (UA 7.1)")
            if (inside("mcid"))
                complain("marked", where + ": MCID " + mcid.number + " within another sequence of the structure")
            if (marks[mcid.number])
                complain("marked", where + ": MCID " + mcid.number + " is there twice (14.7.4.2)")
            marks[mcid.number] = {tag: tag, text: "", used: 0, painted: false, place: marks.length, index: index}
        }
        var replacement = property(command.operands, "ActualText")
        if (replacement) {
            var units = replacement.string.slice(2), out = ""
            for (var i = 0; i + 1 < units.length; i += 2)
                out += String.fromCharCode(units[i] * 256 + units[i + 1])
            open.actual = actual = out
            add(out)
        }
        stack.push(open)
    }

    function add(more) {
        for (var i = stack.length - 1; i >= 0; i--)
            if (stack[i].mcid !== undefined) {
                marks[stack[i].mcid].text += more
                marks[stack[i].mcid].painted = true
                return
            }
    }

    var in_text = false, text_depth = 0
    while ((command = lexer.command())) {
        var operator = command.operator
        if (operator == "BMC" || operator == "BDC") {
            begin(command)
        } else if (operator == "EMC") {
            var closed = stack.pop()
            if (!closed)
                complain("marked", where + ": EMC without a begin (14.6.1)")
            else if (closed.actual !== undefined)
                actual = null
            if (in_text && stack.length < text_depth)
                complain("marked", where + ": a text object reaches over the end of its sequence (14.6.1)")
        } else if (operator == "BT" || operator == "ET") {
            if (operator == "ET" && stack.length != text_depth)
                complain("marked", where + ": a sequence reaches over the end of its text object (14.6.1)")
            in_text = operator == "BT"
            text_depth = stack.length
        } else if (operator == "Tf") {
            font = fonts[command.operands[0].name] || {}
        } else if (has(SHOWS, operator) || has(PAINTS, operator)) {
            if (!inside("mcid") && !inside("artifact"))
                complain("marked", where + ": " + operator + " is neither content nor artifact (UA 7.1)")
            add(has(SHOWS, operator) ? show(command.operands) : "")
        }
    }
    if (stack.length)
        complain("marked", where + ": " + stack.length + " sequences do not end (14.6.1)")
    return {page: page, marks: marks, where: where}
}

/* ── the structure tree (14.7) ── */

function number_tree(node, out) {
    list(node.Kids).forEach(function (kid) { number_tree(kid, out) })
    var nums = list(node.Nums)
    for (var i = 0; i + 1 < nums.length; i += 2) {
        if (out[nums[i].asNumber()] !== undefined)
            complain("parents", "key " + nums[i].asNumber() + " is there twice")
        out[nums[i].asNumber()] = nums[i + 1]
    }
    return out
}

function attribute(element, owner, key) {
    var found = null
    list(element.object.A).forEach(function (a) {
        if (name(a.O) == owner && a.get(key) && !a.get(key).isNull())
            found = a.get(key)
    })
    return found
}

function Walk(doc) {
    this.doc = doc
    this.root = doc.getTrailer().Root
    this.pages = []
    this.page_of = {}
    this.annotations = {} // used by the tree, by object number
    this.seen = {}
    for (var i = 0; i < doc.countPages(); i++) {
        this.pages.push(read_page(doc, i))
        this.page_of[id(this.pages[i].page)] = i
    }
    var tree = this.root.StructTreeRoot
    this.parents = tree && tree.ParentTree ? number_tree(tree.ParentTree, {}) : {}
    this.top = []
    var self = this
    if (tree && tree.isDictionary())
        list(tree.K).forEach(function (kid) { self.top.push(self.read(kid, null, id(tree))) })
}

Walk.prototype.read = function (object, parent, parent_number) {
    var element = {object: object, number: id(object), tag: name(object.S), parent: parent, kids: []}, self = this
    if (this.seen[element.number])
        complain("tree", "element " + element.number + " is there twice")
    this.seen[element.number] = true
    if (id(object.P) != parent_number)
        complain("tree", "element " + element.number + " (" + element.tag + ") names another parent than it has")
    list(object.K).forEach(function (kid) { self.read_kid(element, kid) })
    return element
}

Walk.prototype.read_kid = function (element, kid) {
    if (kid.isNumber()) {
        this.read_mark(element, kid.asNumber(), id(element.object.Pg))
    } else if (name(kid.Type) == "MCR") {
        this.read_mark(element, kid.MCID.asNumber(), id(kid.Pg) || id(element.object.Pg))
    } else if (name(kid.Type) == "OBJR") {
        element.kids.push({annotation: kid.Obj})
        this.annotations[id(kid.Obj)] = element
    } else {
        element.kids.push(this.read(kid, element, element.number))
    }
}

Walk.prototype.read_mark = function (element, mcid, page_number) {
    var page = this.pages[this.page_of[page_number]], mark = page && page.marks[mcid]
    if (!mark) {
        complain("tree", "element " + element.number + " (" + element.tag + ") has MCID " + mcid + ", which no page has")
        return
    }
    if (mark.used++)
        complain("tree", page.where + ": MCID " + mcid + " belongs to two elements")
    if (mark.tag != element.tag)
        complain("tree", page.where + ": MCID " + mcid + " is marked " + mark.tag + " and belongs to " + element.tag)
    var parents = this.parents[number(page.page.StructParents)]
    if (!parents || !parents.isArray() || mcid >= parents.length || id(parents[mcid]) != element.number)
        complain("parents", page.where + ": the parent tree does not lead from MCID " + mcid + " to its element (14.7.4.4)")
    element.kids.push({mark: mark})
}

Walk.prototype.each = function (visit) {
    function go(element) {
        visit(element)
        element.kids.forEach(function (kid) { if (kid.tag) go(kid) })
    }
    this.top.forEach(go)
}

/* The marked content of an element and what stands in it, in order. */
function marks_of(element) {
    var out = []
    element.kids.forEach(function (kid) {
        if (kid.mark)
            out.push(kid.mark)
        else if (kid.tag)
            out = out.concat(marks_of(kid))
    })
    return out
}

function text_of(element) {
    return marks_of(element).map(function (mark) { return mark.text }).join("")
}

function around(element, tag) {
    for (var e = element.parent; e; e = e.parent)
        if (e.tag == tag)
            return e
    return null
}

/* ── rules ── */

function check_document(walk) {
    var root = walk.root, title = text(walk.doc.getTrailer().Info && walk.doc.getTrailer().Info.Title)
    if (!root.MarkInfo || String(root.MarkInfo.Marked) != "true")
        complain("document", "is not marked as tagged (A 6.8.2.2)")
    if (root.MarkInfo && String(root.MarkInfo.Suspects) == "true")
        complain("document", "has suspects (UA 7.1)")
    if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(text(root.Lang)))
        complain("document", "has no language (A 6.8.4)")
    if (!root.ViewerPreferences || String(root.ViewerPreferences.DisplayDocTitle) != "true")
        complain("document", "does not show its title (UA 7.1)")
    if (!title)
        complain("document", "has no title (UA 7.1)")
    if (!root.PageLabels)
        complain("document", "has no page labels (12.4.2)")
    if (!root.StructTreeRoot || !root.StructTreeRoot.isDictionary())
        complain("document", "has no structure tree (A 6.8.3)")
    else if (root.StructTreeRoot.RoleMap && !root.StructTreeRoot.RoleMap.isNull())
        each_entry(root.StructTreeRoot.RoleMap, function (key, value) {
            if (has(STANDARD, key) || !has(STANDARD, name(value)))
                complain("roles", key + " leads to " + name(value) + " (UA 7.1)")
        })
    if (walk.top.length != 1 || walk.top[0].tag != "Document")
        complain("tree", "the root holds something else than one Document")
}

function check_pages(walk) {
    walk.pages.forEach(function (page) {
        page.marks.forEach(function (mark, mcid) {
            if (!mark.used)
                complain("tree", page.where + ": MCID " + mcid + " belongs to no element")
            if (!mark.painted)
                complain("marked", page.where + ": MCID " + mcid + " marks nothing")
        })
        for (var mcid = 0; mcid < page.marks.length; mcid++)
            if (!page.marks[mcid])
                complain("marked", page.where + ": no content has MCID " + mcid)
        var parents = walk.parents[number(page.page.StructParents)]
        if (parents && parents.length != page.marks.length)
            complain("parents", page.where + ": " + parents.length + " entries for " + page.marks.length + " sequences")
        list(page.page.Annots).forEach(function (annotation) { check_annotation(walk, page, annotation) })
        if (page.page.Annots && name(page.page.Tabs) != "S")
            complain("pages", page.where + ": has annotations and no tab order by structure (UA 7.18.3)")
    })
}

function check_annotation(walk, page, annotation) {
    var kind = name(annotation.Subtype), element = walk.annotations[id(annotation)]
    var wanted = kind == "Link" ? "Link" : kind == "Widget" ? "Form" : "Annot"
    var key = number(annotation.StructParent)
    if (!element || element.tag != wanted)
        complain("annotations", page.where + ": " + kind + " " + id(annotation) + " is in no " + wanted + " (UA 7.18)")
    else if (key === null || !walk.parents[key] || id(walk.parents[key]) != element.number)
        complain("parents", page.where + ": the parent tree does not lead from " + kind + " " + id(annotation) + " to its element (14.7.4.4)")
    if (kind == "Link" && !text(annotation.Contents))
        complain("annotations", page.where + ": link " + id(annotation) + " has no description (UA 7.18.5)")
}

/* A link in a header or footer has its text in an artifact. */
function stands_alone(element) {
    return element.parent.tag == "P" && element.parent.kids.length == 1 && element.parent.parent.tag == "Document"
}

function check_element(element) {
    var parent = element.parent ? element.parent.tag : null, what = element.tag + " " + element.number
    if (!has(STANDARD, element.tag))
        complain("roles", what + " is no standard type (14.8.4)")
    if (PARENTS[element.tag] && !has(PARENTS[element.tag], parent))
        complain("nesting", what + " stands in " + parent + " (14.8.4.3)")
    if (parent == "TR" && element.tag != "TH" && element.tag != "TD" || parent == "Table" && !has(["TR", "THead", "TBody", "TFoot", "Caption"], element.tag) ||
        has(["THead", "TBody", "TFoot"], parent) && element.tag != "TR")
        complain("nesting", what + " stands in " + parent + " (14.8.4.3.4)")
    if (has(BLOCKS, parent) && !has(INLINE, element.tag))
        complain("nesting", what + " stands in " + parent + " (14.8.4.3)")
    if (element.tag == "Document" && parent)
        complain("nesting", what + " stands in " + parent)
    if (element.kids.length == 0 && !has(EMPTY_MAY_BE, element.tag))
        complain("empty", what + " holds nothing")
    if (!has(BLOCKS.concat(INLINE, ["TD", "TH", "Caption", "Lbl", "LBody"]), element.tag) && element.kids.some(function (kid) { return kid.mark }))
        complain("nesting", what + " holds content itself (14.8.4.3)")
    if (element.tag == "Link" && !element.kids.some(function (kid) { return kid.annotation }))
        complain("annotations", what + " has no annotation")
    if (element.tag == "Link" && !element.kids.some(function (kid) { return kid.mark || kid.tag }) && !stands_alone(element))
        complain("annotations", what + " holds no content of the page (14.8.4.4.2)")
    if (element.tag == "Figure")
        check_figure(element, what)
}

function check_figure(element, what) {
    var box = attribute(element, "Layout", "BBox")
    if (!/\S/.test(text(element.object.Alt)))
        complain("figures", what + " has no alternative text (UA 7.3)")
    if (!box || box.length != 4 || !(box[0].asNumber() < box[2].asNumber() && box[1].asNumber() < box[3].asNumber()))
        complain("figures", what + " has no bounding box (UA 7.3)")
}

function check_headings(walk) {
    var level = 0
    walk.each(function (element) {
        if (!/^H[1-6]$/.test(element.tag))
            return
        var here = +element.tag[1]
        if (here > level + 1 && (level || !excerpt))
            complain("headings", element.tag + " follows " + (level ? "H" + level : "nothing") + ": " + text_of(element) + " (UA 7.4.2)")
        level = here
    })
}

/* Rows of a table in order, with the kind of group that each stands in. */
function rows_of(table) {
    var rows = []
    table.kids.forEach(function (kid) {
        if (kid.tag == "TR")
            rows.push({row: kid, group: table.tag})
        else
            (kid.kids || []).forEach(function (row) { if (row.tag == "TR") rows.push({row: row, group: kid.tag, of: kid}) })
    })
    return rows
}

/* Cells by row and column: every place filled once (UA 7.5; 14.8.5.7). */
function grid_of(table, what) {
    var grid = []
    rows_of(table).forEach(function (entry, r) {
        var column = 0
        grid[r] = grid[r] || []
        entry.row.kids.forEach(function (cell) {
            var wide = number(attribute(cell, "Table", "ColSpan")) || 1, high = number(attribute(cell, "Table", "RowSpan")) || 1
            while (grid[r][column])
                column++
            for (var y = r; y < r + high; y++) {
                grid[y] = grid[y] || []
                for (var x = column; x < column + wide; x++) {
                    if (grid[y][x])
                        complain("tables", what + ": two cells in row " + (y + 1) + ", column " + (x + 1))
                    grid[y][x] = cell
                }
            }
        })
    })
    return grid
}

function check_table(table) {
    var what = "Table " + table.number, order = {Caption: 0, THead: 1, TBody: 2, TR: 2, TFoot: 3}, last = 0, heads = 0
    table.kids.forEach(function (kid) {
        if (order[kid.tag] < last || kid.tag == "THead" && heads++ || last == 3)
            complain("tables", what + ": " + kid.tag + " out of place (14.8.4.3.4)")
        last = order[kid.tag]
    })
    var grid = grid_of(table, what), rows = rows_of(table), headed = false
    if (grid.length != rows.length)
        complain("tables", what + ": a cell reaches below the last row")
    grid.forEach(function (row, r) {
        if (row.length != grid[0].length)
            complain("tables", what + ": " + row.length + " columns in row " + (r + 1) + ", " + grid[0].length + " in the first")
        for (var c = 0; c < row.length; c++) {
            if (!row[c]) {
                complain("tables", what + ": a gap in row " + (r + 1) + ", column " + (c + 1))
                continue
            }
            if (row[c].tag != "TH")
                continue
            headed = true
            if (!has(["Row", "Column", "Both"], name(attribute(row[c], "Table", "Scope"))))
                complain("tables", what + ": TH " + row[c].number + " has no scope (UA 7.5)")
        }
    })
    if (!headed)
        print(file + ": note: " + what + " has no heading cells (UA 7.5)")
}

function check(path) {
    file = path
    complaints = 0
    var walk = new Walk(new PDFDocument(path))
    check_document(walk)
    check_pages(walk)
    check_headings(walk)
    walk.each(function (element) {
        check_element(element)
        if (element.tag == "Table")
            check_table(element)
    })
    return complaints
}

/* ── dumps ── */

function print_text(walk) {
    function go(element) {
        if (element.tag == "TR") {
            print(element.kids.map(function (cell) {
                return marks_of(cell).map(function (m) { return m.text }).join("")
            }).join(" | "))
        } else if (element.tag == "Figure") {
            print("[" + text(element.object.Alt) + "]")
        } else if (has(BLOCKS, element.tag) || element.tag == "Caption") {
            print(text_of(element))
        } else {
            element.kids.forEach(function (kid) { if (kid.tag) go(kid) })
        }
    }
    walk.top.forEach(go)
}

function print_outline(walk) {
    function go(element, indent) {
        var own = element.kids.filter(function (kid) { return kid.mark }).map(function (kid) { return kid.mark.text }).join("")
        print(indent + element.tag + (own ? " " + own : ""))
        element.kids.forEach(function (kid) { if (kid.tag) go(kid, indent + "  ") })
    }
    walk.top.forEach(function (element) { go(element, "") })
}

var mode = scriptArgs[0]
if (mode == "check" || mode == "excerpt") {
    var wrong = 0
    excerpt = mode == "excerpt"
    for (var f = 1; f < scriptArgs.length; f++)
        wrong += check(scriptArgs[f]) > 0
    print(scriptArgs.length - 1 + " files, " + wrong + " with mistakes")
    if (wrong)
        quit(1)
} else {
    file = scriptArgs[1]
    var walk = new Walk(new PDFDocument(file))
    if (mode == "text")
        print_text(walk)
    else
        print_outline(walk)
}
