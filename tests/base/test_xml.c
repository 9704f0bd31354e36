/* XML: the tree and its places, encodings, limits, attacks, and the words in which mistakes are explained. */
#include "base/check.h"

#include "base/xml.h"

#include <stdio.h>
#include <string.h>

static const char grammar[] =
    "<grammar xmlns='http://relaxng.org/ns/structure/1.0' ns='urn:x'"
    " datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'>"
    "<start><element name='layout'><attribute name='version'><value>1</value></attribute><interleave>"
    "<zeroOrMore><ref name='table'/></zeroOrMore>"
    "<optional><element name='styles'><zeroOrMore><element name='style'>"
    "<choice><attribute name='name'/><attribute name='for'><value>row</value></attribute></choice>"
    "<attribute name='size'><data type='decimal'><param name='minExclusive'>0</param></data></attribute>"
    "<optional><attribute name='align'><choice><value>left</value><value>right</value></choice></attribute></optional>"
    "<optional><attribute name='sides'><list><oneOrMore><ref name='length'/></oneOrMore></list></attribute></optional>"
    "<empty/></element></zeroOrMore></element></optional></interleave></element></start>"
    "<define name='length'><data type='string'><param name='pattern'>[0-9]+mm</param></data></define>"
    "<define name='unused'><ref name='table'/></define>"
    "<define name='table'><element name='table'><attribute name='source'/>"
    "<oneOrMore><choice>"
    "<element name='row'><oneOrMore><element name='cell'>"
    "<optional><attribute name='span'><data type='positiveInteger'/></attribute></optional>"
    "<text/></element></oneOrMore></element>"
    "<element name='rule'><empty/></element>"
    "</choice></oneOrMore></element></define></grammar>";

static Arena *arena;
static Diag *diag;

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(0);
    diag = diag_open(arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static const XmlFile *parse_bytes(const char *source, size_t length)
{
    return xml_parse(arena, "t.xml", source, length, NULL, 0, NULL, diag);
}

static const XmlNode *parse(const char *source)
{
    const XmlFile *file = parse_bytes(source, strlen(source));
    for (size_t i = 0; i < diag_count(diag); i++)
        fail_msg("%s", diag_item(diag, i)->args[0]);
    assert_non_null(file);
    return file->root;
}

/* All recorded lines, without the file's name; forgets them. */
static const char *lines(void)
{
    Buf out = {0};
    for (size_t i = 0; i < diag_count(diag); i++) {
        Buf line = {0};
        diag_format(diag_item(diag, i), DIAG_ENGLISH, &line);
        const char *text = buf_cstring(&line);
        buf_text(&out, strncmp(text, "t.xml:", 6) == 0 ? text + 6 : text);
        buf_free(&line);
    }
    const char *copy = arena_text(arena, (const char *)out.bytes, out.length);
    buf_free(&out);
    diag_clear(diag);
    return copy;
}

static void assert_refused(const char *source, const char *expected)
{
    assert_null(parse_bytes(source, strlen(source)));
    assert_string_equal(lines(), expected);
}

/* ── the tree ── */

static void assert_at(const XmlNode *node, int line, int column)
{
    assert_int_equal(node->line, line);
    assert_int_equal(node->column, column);
}

static void tree_and_places(void **state)
{
    (void)state;
    const XmlNode *root = parse("<?xml version='1.0'?>\n"
                                "<!-- <no> -->\n"
                                "<述 a='1>2' b=\"&lt;&#20013;\">\n"
                                "  <row/><row\n"
                                "    c=''>x</row>中<cell/>\n"
                                "</述>");
    assert_string_equal(root->name, "述");
    assert_null(root->text);
    assert_null(root->parent);
    assert_at(root, 3, 1);
    assert_int_equal(root->attr_count, 2);
    assert_string_equal(xml_attr(root, "a"), "1>2");
    assert_string_equal(xml_attr(root, "b"), "<中");
    assert_null(xml_attr(root, "c"));
    assert_int_equal(root->attrs[1].line, 3);
    assert_string_equal(root->children->text, "\n  ");
    const XmlNode *row = xml_first(root), *second = xml_next(row, "row"), *cell = xml_child(root, "cell");
    assert_at(row, 4, 3);
    assert_at(second, 4, 9);
    assert_string_equal(xml_attr(second, "c"), "");
    assert_at(second->children, 5, 10);
    assert_string_equal(second->next->text, "中");
    assert_at(second->next, 5, 17);
    assert_at(cell, 5, 20); /* columns count bytes */
    assert_ptr_equal(xml_next(second, NULL), cell);
    assert_null(xml_next(cell, NULL));
    assert_null(xml_child(root, "absent"));
    assert_ptr_equal(cell->parent, root);
    assert_string_equal(xml_text(arena, root), "\n  x中\n");
    assert_string_equal(xml_text(arena, cell), "");
}

static void text_is_one_node(void **state)
{
    (void)state;
    const XmlNode *root = parse("<a> b<!-- x --><![CDATA[<c>]]>&amp;<?pi d?>\r\ne</a>");
    assert_string_equal(root->children->text, " b<c>&\ne");
    assert_null(root->children->next);
    assert_at(root->children, 1, 5);
}

static void places_after_awkward_markup(void **state)
{
    (void)state;
    const XmlNode *root = parse("<a><!-- > ' --><![CDATA[ <b> ]]><b x='/>' y=\"'>\"/><?p <q> ?><c></c ><d/></a>");
    const XmlNode *b = xml_first(root), *c = xml_next(b, NULL), *d = xml_next(c, NULL);
    assert_string_equal(b->name, "b");
    assert_at(b, 1, 33);
    assert_at(c, 1, 61);
    assert_at(d, 1, 69);
}

static void places_in_a_long_file(void **state)
{
    (void)state;
    enum { ROWS = 20000 }; /* more than libxml2's buffers keep */
    Buf source = {0};
    buf_text(&source, "<a>\n");
    for (int i = 0; i < ROWS; i++)
        buf_print(&source, "述%*s<row n='%d'/>\n", i % 7, "", i);
    buf_text(&source, "</a>");
    const XmlFile *file = parse_bytes((const char *)source.bytes, source.length);
    assert_non_null(file);
    int i = 0;
    for (const XmlNode *row = xml_first(file->root); row; row = xml_next(row, NULL), i++) {
        assert_at(row, i + 2, 4 + i % 7);
        assert_int_equal(atoi(xml_attr(row, "n")), i);
    }
    assert_int_equal(i, ROWS);
    buf_free(&source);
}

static void prefixed_attributes(void **state)
{
    (void)state;
    const XmlNode *root = parse("<a xml:lang='zh' xmlns:n='urn:n' n:b='1' b='2'/>");
    assert_int_equal(root->attr_count, 3); /* declarations are no attributes */
    assert_string_equal(xml_attr(root, "xml:lang"), "zh");
    assert_string_equal(xml_attr(root, "n:b"), "1");
    assert_string_equal(xml_attr(root, "b"), "2");
}

/* ── encodings ── */

static void encodings(void **state)
{
    (void)state;
    assert_string_equal(parse("\xEF\xBB\xBF<a>述</a>")->children->text, "述");
    assert_string_equal(parse("<?xml version='1.0' encoding='utf-8'?><a>述</a>")->children->text, "述");
    static const char *const names[] = {"GB18030", "gb2312", "GBK"};
    for (size_t i = 0; i < 3; i++) {
        const char *source = arena_print(arena, "<?xml version='1.0' encoding='%s'?><a>\xCA\xF6\xD6\xB0</a>", names[i]);
        assert_string_equal(parse(source)->children->text, "述职");
    }
    static const char utf16[] = "\xFF\xFE<\0a\0>\0\xF0\x8F<\0/\0a\0>\0";
    const XmlFile *file = parse_bytes(utf16, sizeof utf16 - 1);
    assert_non_null(file);
    assert_string_equal(file->root->children->text, "述");
    assert_int_equal(file->source_length, sizeof utf16 - 1);
    assert_memory_equal(file->source, utf16, sizeof utf16 - 1);
}

static void wrong_encodings(void **state)
{
    (void)state;
    static const char hint[] = "save the file as UTF-8, or name its encoding in the first line [XML_ENCODING]\n";
    assert_refused("<a>\n \xCA\xF6</a>", arena_print(arena, "2:2: error: the text is not valid UTF-8. %s", hint));
    assert_refused("<?xml version='1.0' encoding='klingon'?><a/>",
                   arena_print(arena, "1:1: error: the text is not valid klingon. %s", hint));
    assert_refused("<?xml version='1.0' encoding='GB18030'?><a>\xFF</a>",
                   arena_print(arena, "1:1: error: the text is not valid GB18030. %s", hint));
    assert_null(parse_bytes("<a>\0</a>", 8));
    assert_string_equal(lines(), arena_print(arena, "1:4: error: the text is not valid UTF-8. %s", hint));
    assert_refused(
        "<a>&#0;</a>",
        "1:8: error: a character that XML does not allow. take it out; control characters cannot stand in XML "
        "[XML_CHARACTER]\n");
}

/* ── attacks and limits ── */

static void doctype_and_entities(void **state)
{
    (void)state;
    static const char refusal[] =
        "error: a document type declaration is not allowed. remove <!DOCTYPE …> and its entities "
        "[XML_DOCTYPE]\n";
    assert_refused("<!-- x -->\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", arena_print(arena, "2:1: %s", refusal));
    assert_refused("<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY c '&b;&b;&b;'>]><l>&c;</l>",
                   arena_print(arena, "1:1: %s", refusal));
    assert_refused("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", arena_print(arena, "1:1: %s", refusal));
    assert_null(parse_bytes("<a>&b;</a>", 10));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_XML_ENTITY);
}

static const XmlFile *parse_nested(int depth)
{
    Buf source = {0};
    for (int i = 0; i < depth; i++)
        buf_text(&source, "<a>");
    for (int i = 0; i < depth; i++)
        buf_text(&source, "</a>");
    const XmlFile *file = parse_bytes((const char *)source.bytes, source.length);
    buf_free(&source);
    return file;
}

static void depth(void **state)
{
    (void)state;
    assert_non_null(parse_nested(256));
    assert_null(parse_nested(257));
    assert_string_equal(lines(),
                        "1:769: error: XML exceeds the limit of 256: depth. split the file or reduce its nesting "
                        "[XML_LIMIT]\n");
    assert_null(parse_nested(1000000));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_XML_LIMIT);
}

static const XmlFile *parse_attributes(int count)
{
    Buf source = {0};
    buf_text(&source, "<a>\n <b");
    for (int i = 0; i < count; i++)
        buf_print(&source, " a%d='='", i);
    buf_text(&source, "/></a>");
    const XmlFile *file = parse_bytes((const char *)source.bytes, source.length);
    buf_free(&source);
    return file;
}

static void attributes(void **state)
{
    (void)state;
    const XmlFile *file = parse_attributes(256);
    assert_non_null(file);
    assert_int_equal(xml_first(file->root)->attr_count, 256);
    assert_null(parse_attributes(257));
    assert_string_equal(lines(),
                        "2:2: error: XML exceeds the limit of 256: attributes. split the file or reduce its nesting "
                        "[XML_LIMIT]\n");
    assert_null(parse_attributes(1000000)); /* libxml2 alone would compare each with each */
    assert_int_equal(diag_item(diag, 0)->code, DIAG_XML_LIMIT);
}

static void nodes_and_bytes(void **state)
{
    (void)state;
    Buf source = {0};
    buf_text(&source, "<a>");
    for (int i = 0; i < 1000000; i++)
        buf_text(&source, "<b/>");
    buf_text(&source, "</a>");
    assert_null(parse_bytes((const char *)source.bytes, source.length));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_XML_LIMIT);
    diag_clear(diag);
    buf_clear(&source);
    buf_text(&source, "<a/>");
    while (source.length <= 16 << 20)
        buf_text(&source, "                                                                ");
    assert_null(parse_bytes((const char *)source.bytes, source.length));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_XML_LIMIT);
    buf_free(&source);
}

static void broken_markup(void **state)
{
    (void)state;
    assert_refused("<a>\n <b>\n</a>", "3:1: error: <b> of line 2 is closed by </a>. close the inner element first "
                                      "[XML_TAG_MISMATCH]\n");
    assert_refused("<a>\n <b/>", "2:6: error: <a> of line 1 is never closed. add </a> [XML_TAG_UNCLOSED]\n");
    static const char *const broken[] = {"",
                                         " ",
                                         "text",
                                         "<",
                                         "<a",
                                         "<a b",
                                         "<a b='",
                                         "<a/><b/>",
                                         "<a></a>text",
                                         "</a>",
                                         "<a b=c/>",
                                         "<!--",
                                         "<a><!--",
                                         "<?xml",
                                         "<![CDATA[",
                                         "<a><![CDATA[",
                                         "<a b='<'/>",
                                         "<n:a/>",
                                         "<a b='1' b='2'/>",
                                         "< a/>",
                                         "<a>]]></a>",
                                         "<a/",
                                         "<>",
                                         "<a><!-- -- --></a>"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        if (parse_bytes(broken[i], strlen(broken[i])))
            fail_msg("accepted %s", broken[i]);
        assert_int_equal(diag_count(diag), 1);
        diag_clear(diag);
    }
}

/* Every prefix of a good document, and the document with any one byte replaced, is read or refused, never worse. */
static void damaged_documents(void **state)
{
    (void)state;
    static const char source[] =
        "<?xml version='1.0'?><!-- c --><a b='&lt;'><![CDATA[x]]><c d=\"1\"/>述<e></e><?p?></a>";
    static const char replacements[] = "<>&'\"/!-?]\x80\xE8 =";
    for (size_t length = 0; length < sizeof source - 1; length++) {
        assert_null(parse_bytes(source, length));
        assert_true(diag_count(diag) > 0);
        diag_clear(diag);
        for (size_t i = 0; i < sizeof replacements - 1; i++) {
            char damaged[sizeof source];
            memcpy(damaged, source, sizeof source);
            damaged[length] = replacements[i];
            const XmlFile *file = parse_bytes(damaged, sizeof source - 1);
            assert_int_equal(file == NULL, diag_count(diag) > 0);
            diag_clear(diag);
        }
    }
}

/* ── the grammar ── */

static const XmlFile *validate(const char *source)
{
    return xml_parse(arena, "t.xml", source, strlen(source), grammar, sizeof grammar - 1, "urn:x", diag);
}

/* `inside` stands in a <layout>, on line 2. */
static void assert_mistake(const char *inside, const char *expected)
{
    const char *source = arena_print(arena, "<layout xmlns='urn:x' version='1'>\n%s\n</layout>", inside);
    assert_null(validate(source));
    assert_string_equal(lines(), expected);
}

static void valid_document(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) /* compiled once, used again */
        assert_non_null(
            validate("<layout xmlns='urn:x' version='1'><styles><style name='a' size='1.5' sides='1mm 2mm'/>"
                     "</styles><table source='q'><row><cell span='2'>x</cell></row></table></layout>"));
    assert_int_equal(diag_count(diag), 0);
}

static void unknown_names(void **state)
{
    (void)state;
    assert_mistake(" <tabel source='a'/>", "2:2: error: unknown element <tabel>. did you mean <table>? "
                                           "[XML_ELEMENT_MISSPELT]\n");
    assert_mistake("<picture/>", "2:1: error: unknown element <picture>. allowed here: table, styles "
                                 "[XML_ELEMENT_UNKNOWN]\n");
    assert_mistake("<table sorce='a' source='b'><rule/></table>",
                   "2:1: error: <table> has no attribute sorce. did you mean source? [XML_ATTRIBUTE_MISSPELT]\n");
    assert_mistake("<table source='b' width='1'><rule/></table>",
                   "2:1: error: <table> has no attribute width. it may have: source [XML_ATTRIBUTE_UNKNOWN]\n");
    assert_null(validate("<tabel xmlns='urn:x'/>"));
    assert_string_equal(lines(), "1:1: error: unknown element <tabel>. did you mean <table>? [XML_ELEMENT_MISSPELT]\n");
}

static void misplaced(void **state)
{
    (void)state;
    assert_mistake("<cell/>", "2:1: error: <cell> is not allowed in <layout>. allowed there: table, styles "
                              "[XML_ELEMENT_MISPLACED]\n");
    assert_mistake("<table source='a'>\n  <row> \n 说明文字<cell/></row></table>",
                   "4:2: error: <row> may not hold text: 说明文字. move the text into an element that may "
                   "[XML_TEXT_MISPLACED]\n");
    assert_null(validate("<table xmlns='urn:x' source='a'><rule/></table>"));
    assert_string_equal(lines(), "1:1: error: the document begins with <table>. it must begin with layout "
                                 "[XML_ROOT_WRONG]\n");
}

static void wrong_values(void **state)
{
    (void)state;
    assert_mistake("<styles><style name='a' size='0'/></styles>",
                   "2:9: error: size=\"0\" is not allowed on <style>. expected: decimal (minExclusive 0) "
                   "[XML_VALUE_INVALID]\n");
    assert_mistake(
        "<styles><style name='a' size='1' align='middle'/></styles>",
        "2:9: error: align=\"middle\" is not allowed on <style>. expected: left, right [XML_VALUE_INVALID]\n");
    assert_mistake("<styles><style name='a' size='1' sides='1mm 2cm'/></styles>",
                   "2:9: error: sides=\"1mm 2cm\" is not allowed on <style>. expected: string (pattern [0-9]+mm) "
                   "[XML_VALUE_INVALID]\n");
    assert_mistake("<table source='a'><row><cell span=''/></row></table>",
                   "2:24: error: span=\"\" is not allowed on <cell>. expected: positiveInteger [XML_VALUE_INVALID]\n");
    assert_mistake("<styles><style name='a' size='&lt;&amp;'/></styles>",
                   "2:9: error: size=\"<&\" is not allowed on <style>. expected: decimal (minExclusive 0) "
                   "[XML_VALUE_INVALID]\n");
}

static void missing_things(void **state)
{
    (void)state;
    assert_mistake("<table><rule/></table>",
                   "2:1: error: <table> lacks the attribute source. add source=\"…\" [XML_ATTRIBUTE_MISSING]\n");
    assert_mistake("<table source='a'><row></row></table>",
                   "2:19: error: <row> lacks <cell>. allowed there: cell [XML_ELEMENT_MISSING]\n");
}

/* Order, number and attributes that exclude each other. */
static void order_number_and_combination(void **state)
{
    (void)state;
    assert_mistake(
        "<styles/><styles/>",
        "2:10: error: <layout> has a second <styles>. delete one, or put them together [XML_ELEMENT_TWICE]\n");
    assert_mistake(
        "<styles><style size='1'/></styles>",
        "2:9: error: <style> needs one of the attributes name, for. add one of them [XML_ATTRIBUTE_CHOICE]\n");
}

static void several_mistakes_at_once(void **state)
{
    (void)state;
    assert_mistake("<table source='a'><rule x='1'/></table>\n<table source='a'><rwo/><rule y='1'>z</rule></table>",
                   "2:19: error: <rule> has no attribute x. it may have: – [XML_ATTRIBUTE_UNKNOWN]\n"
                   "3:19: error: unknown element <rwo>. did you mean <row>? [XML_ELEMENT_MISSPELT]\n"
                   "3:25: error: <rule> has no attribute y. it may have: – [XML_ATTRIBUTE_UNKNOWN]\n"
                   "3:37: error: <rule> may not hold text: z. move the text into an element that may "
                   "[XML_TEXT_MISPLACED]\n");
}

static void name_spaces(void **state)
{
    (void)state;
    assert_null(validate("<layout version='1'/>"));
    assert_string_equal(lines(),
                        "1:1: error: <layout> is in the namespace \"\". write xmlns=\"urn:x\" [XML_NAMESPACE]\n");
    assert_non_null(validate("<n:layout xmlns:n='urn:x' version='1'/>"));
    assert_null(validate("<layout xmlns='urn:x' version='1'><table source='a'><rule xmlns=''/></table></layout>"));
    assert_int_equal(diag_count(diag), 1);
}

/* Two definitions of one name, combined by choice: neither attribute is missing when the other is there. */
static void combined_definitions(void **state)
{
    (void)state;
    static const char combined[] = "<grammar xmlns='http://relaxng.org/ns/structure/1.0'><start><element name='a'><ref "
                                   "name='r'/></element></start>"
                                   "<define name='r' combine='choice'><attribute name='x'/></define>"
                                   "<define name='r' combine='choice'><attribute name='y'/></define></grammar>";
    assert_non_null(xml_parse(arena, "t.xml", "<a x=''/>", 9, combined, sizeof combined - 1, NULL, diag));
    assert_non_null(xml_parse(arena, "t.xml", "<a y=''/>", 9, combined, sizeof combined - 1, NULL, diag));
    assert_null(xml_parse(arena, "t.xml", "<a/>", 4, combined, sizeof combined - 1, NULL, diag));
    assert_int_equal(diag_count(diag), 1);
    assert_int_equal(diag_item(diag, 0)->code, DIAG_XML_ATTRIBUTES_INVALID);
}

static void broken_grammar(void **state)
{
    (void)state;
    static const char *const bad[] = {"<grammar", "<grammar xmlns='http://relaxng.org/ns/structure/1.0'/>", ""};
    for (size_t i = 0; i < 3; i++) {
        assert_null(xml_parse(arena, "t.xml", "<a/>", 4, bad[i], strlen(bad[i]), NULL, diag));
        assert_int_equal(diag_item(diag, 0)->code, DIAG_XML_GRAMMAR_BROKEN);
        diag_clear(diag);
    }
}

static void loads_from_a_file(void **state)
{
    (void)state;
    assert_null(xml_load(arena, "/absent.xml", NULL, 0, NULL, diag));
    assert_int_equal(diag_item(diag, 0)->code, DIAG_FILE_MISSING);
    diag_clear(diag);
    char path[] = "/tmp/test_xml.XXXXXX";
    int file = mkstemp(path);
    assert_int_equal(write(file, "<a/>", 4), 4);
    close(file);
    const XmlFile *loaded = xml_load(arena, path, NULL, 0, NULL, diag);
    unlink(path);
    assert_non_null(loaded);
    assert_string_equal(loaded->path, path);
    assert_string_equal(loaded->root->name, "a");
    DiagPlace place = xml_place(loaded, loaded->root);
    assert_string_equal(place.file, path);
    assert_int_equal(place.line, 1);
}

#define XML(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        XML(tree_and_places),
        XML(text_is_one_node),
        XML(places_after_awkward_markup),
        XML(places_in_a_long_file),
        XML(prefixed_attributes),
        XML(encodings),
        XML(wrong_encodings),
        XML(doctype_and_entities),
        XML(depth),
        XML(attributes),
        XML(nodes_and_bytes),
        XML(broken_markup),
        XML(damaged_documents),
        XML(valid_document),
        XML(unknown_names),
        XML(misplaced),
        XML(wrong_values),
        XML(missing_things),
        XML(order_number_and_combination),
        XML(several_mistakes_at_once),
        XML(name_spaces),
        XML(combined_definitions),
        XML(broken_grammar),
        XML(loads_from_a_file),
    };
    return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
