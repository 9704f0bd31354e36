/* Breaks the structure of a PDF in one way after another, so that the walk over it can show that it notices.
 *
 *     mutool run structure_break.js FILE DIRECTORY      writes DIRECTORY/RULE-WAY.pdf, RULE being what has to complain
 *
 * The file must have an h1, an h2, a paragraph, a figure, a link, and a table with a head and two columns.
 */
"use strict"

var doc, root, tree

/* The first element of a type; of links, the first with content beside its annotation. */
function find(tag, node) {
    node = node || tree
    if (node.isDictionary() && node.S && node.S.isName() && node.S.asName() == tag && (tag != "Link" || node.K.isArray()))
        return node
    var kids = node.isDictionary() ? node.K : null
    if (!kids || kids.isNull() || kids.isNumber())
        return null
    for (var i = 0; i < (kids.isArray() ? kids.length : 1); i++) {
        var kid = kids.isArray() ? kids[i] : kids
        var found = kid.isDictionary() && kid.S ? find(tag, kid) : null
        if (found)
            return found
    }
    return null
}

/* Page 1's content, changed as text. */
function edit_content(from, to) {
    var stream = doc.findPage(0).Contents, buffer = stream.readStream(), text = [], out = new Buffer()
    for (var i = 0; i < buffer.length; i++)
        text.push(String.fromCharCode(buffer[i]))
    text = text.join("").replace(from, to)
    for (var k = 0, bytes = text.split(""); k < bytes.length; k++)
        out.writeByte(bytes[k].charCodeAt(0))
    stream.writeStream(out)
}

function first_font() {
    var font = null
    doc.findPage(0).get("Resources").Font.forEach(function (a, b) { font = font || (typeof a == "string" ? b : a) })
    return font
}

function link() {
    for (var i = 0; i < doc.countPages(); i++) {
        var annotations = doc.findPage(i).Annots
        if (annotations && annotations.isArray())
            return {page: doc.findPage(i), annotation: annotations[0]}
    }
    return null
}

var WAYS = {
    "document-unmarked": function () { root.MarkInfo.put("Marked", false) },
    "document-language": function () { root.delete("Lang") },
    "document-title": function () { doc.getTrailer().Info.delete("Title") },
    "document-title-hidden": function () { root.delete("ViewerPreferences") },
    "document-labels": function () { root.delete("PageLabels") },
    "document-suspects": function () { root.MarkInfo.put("Suspects", true) },
    "document-no-tree": function () { root.delete("StructTreeRoot") },
    "roles-unknown": function () { find("P").put("S", doc.newName("Absatz")) },
    "roles-map": function () {
        var map = doc.newDictionary()
        map.put("P", doc.newName("Absatz"))
        tree.put("RoleMap", map)
    },
    "headings-skip": function () { find("H2").put("S", doc.newName("H3")) },
    "headings-first": function () { find("H1").put("S", doc.newName("H2")) },
    "figures-alt": function () { find("Figure").delete("Alt") },
    "figures-blank": function () { find("Figure").put("Alt", doc.newString(" ")) },
    "figures-box": function () { find("Figure").delete("A") },
    "tables-scope": function () { find("TH").delete("A") },
    "tables-cell-lost": function () { var row = find("TR", find("Table")); row.K.delete(row.K.length - 1) },
    "tables-span": function () {
        var attributes = doc.newDictionary()
        attributes.put("O", doc.newName("Table"))
        attributes.put("ColSpan", 2)
        find("TD").put("A", attributes)
    },
    "tables-depth": function () {
        var attributes = doc.newDictionary()
        attributes.put("O", doc.newName("Table"))
        attributes.put("RowSpan", 1000)
        find("TD").put("A", attributes)
    },
    "tables-head-last": function () {
        var head = find("THead"), table = head.P, kids = doc.newArray()
        for (var i = 1; i < table.K.length; i++)
            kids.push(table.K[i])
        kids.push(table.K[0])
        table.put("K", kids)
    },
    "nesting-cell": function () { find("TD").put("S", doc.newName("P")) },
    "nesting-row": function () { find("TR").put("S", doc.newName("TD")) },
    "nesting-block": function () { find("Link").put("S", doc.newName("H1")) },
    "empty-paragraph": function () { find("P").delete("K") },
    "tree-parent": function () { find("P").put("P", find("TR")) },
    "tree-two-documents": function () {
        var kids = doc.newArray()
        kids.push(find("Document"))
        kids.push(find("P"))
        tree.put("K", kids)
    },
    "tree-lost": function () { find("H1").delete("K") },
    "tree-twice": function () { find("H1").put("K", find("H2").K); find("H1").put("Pg", find("H2").Pg) },
    "tree-nowhere": function () { find("H1").put("K", 9999) },
    "parents-wrong": function () { tree.ParentTree.Nums[1].put(0, find("Table")) },
    "parents-lost": function () { tree.ParentTree.put("Nums", doc.newArray()) },
    "parents-link": function () { link().annotation.put("StructParent", 0) },
    "annotations-silent": function () { link().annotation.delete("Contents") },
    "annotations-outside": function () { find("Link").delete("K") },
    "annotations-no-content": function () { find("Link").put("K", find("Link").K[1]) },
    "pages-order": function () { link().page.delete("Tabs") },
    "marked-not": function () { edit_content(/\/P<<\/MCID \d+>>BDC/, "/P BMC") },
    "marked-twice": function () { edit_content(/\/MCID 1>>/, "/MCID 0>>") },
    "marked-in-artifact": function () { edit_content(/\/(\w+)<<\/MCID (\d+)>>BDC/, "/Artifact BMC\n/$1<</MCID $2>>BDC") },
    "marked-open": function () { edit_content(/EMC\s*$/, "") },
    "marked-closed": function () { edit_content(/$/, "EMC\n") },
    "marked-across": function () { edit_content(/ET\nEMC/, "EMC\nET") },
    "marked-nothing": function () { edit_content(/$/, "/P<</MCID 999>>BDC EMC\n") },
    "unicode-none": function () { first_font().delete("ToUnicode") },
    "unicode-nothing": function () {
        var nothing = new Buffer()
        nothing.write("endcmap")
        first_font().ToUnicode.writeStream(nothing)
    }
}

for (var way in WAYS) {
    doc = new PDFDocument(scriptArgs[0])
    root = doc.getTrailer().Root
    tree = root.StructTreeRoot
    WAYS[way]()
    doc.save(scriptArgs[1] + "/" + way + ".pdf", "")
}
