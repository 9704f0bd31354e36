/* Who made the document, of what, and when: the Info dictionary (14.3.3) and the XMP packet (14.3.2), which must say the
 * same (19005-1 6.7.3). One table tells both.
 *
 * Dates are the assessment's, never the clock's. The report's identity and the hashes of what it was made from are properties
 * of our own, so that a file tells where it comes from even without its name; PDF/A wants their schema described in the
 * packet (19005-1 6.7.8).
 */
#include "pdf/pdf_int.h"

#include <string.h>

#define REPORT_NAMESPACE "urn:shuzhi:report:1.0/"

/* ── Info ── */

static void put_info(Buf *out, const char *key, const char *value)
{
    if (!value)
        return;
    pdf_put_name(out, key);
    pdf_put_text(out, value);
}

/* A date as D:20201231000000Z (7.9.4). */
static void put_info_date(Buf *out, const char *key, const char *date)
{
    if (!date)
        return;
    pdf_put_name(out, key);
    buf_text(out, "(D:");
    for (const char *p = date; *p; p++)
        if (*p != '-')
            buf_byte(out, (unsigned char)*p);
    buf_text(out, "000000Z)");
}

static void write_info(const PdfWriter *w, uint32_t number, const char *producer)
{
    Buf *out = pdf_file_begin(w->file, number);
    put_info(out, "Title", w->info.title);
    put_info(out, "Author", w->info.author);
    put_info(out, "Subject", w->info.subject);
    put_info(out, "Keywords", w->info.keywords);
    put_info(out, "Creator", w->info.creator);
    put_info(out, "Producer", producer);
    put_info_date(out, "CreationDate", w->info.date);
    put_info_date(out, "ModDate", w->info.date);
    pdf_file_end(w->file);
}

/* ── XMP ── */

static void put_escaped(Buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            buf_text(out, "&amp;");
        else if (*text == '<')
            buf_text(out, "&lt;");
        else if (*text == '>')
            buf_text(out, "&gt;");
        else
            buf_byte(out, (unsigned char)*text);
    }
}

/* <name>before VALUE after</name>; nothing without a value. */
static void put_property(Buf *out, const char *name, const char *before, const char *value, const char *after)
{
    if (!value)
        return;
    buf_print(out, "<%s>%s", name, before);
    put_escaped(out, value);
    buf_print(out, "%s</%s>\n", after, name);
}

static void put_xmp_date(Buf *out, const char *name, const char *date)
{
    put_property(out, name, "", date, "T00:00:00Z");
}

static void put_standard_properties(const PdfWriter *w, const char *producer, Buf *out)
{
    static const char alt[] = "<rdf:Alt><rdf:li xml:lang=\"x-default\">", alt_end[] = "</rdf:li></rdf:Alt>";
    buf_text(out, "<rdf:Description rdf:about=\"\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\""
                  " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\""
                  " xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n"
                  "<dc:format>application/pdf</dc:format>\n");
    /* 19005-1 6.7.11; the other parts name themselves in the same way. */
    buf_print(out, "<pdfaid:part>%d</pdfaid:part>\n<pdfaid:conformance>%c</pdfaid:conformance>\n",
              1 + (int)w->info.profile, w->info.accessible ? 'A' : 'B');
    put_property(out, "dc:title", alt, w->info.title, alt_end);
    put_property(out, "dc:creator", "<rdf:Seq><rdf:li>", w->info.author, "</rdf:li></rdf:Seq>");
    put_property(out, "dc:description", alt, w->info.subject, alt_end);
    put_property(out, "pdf:Keywords", "", w->info.keywords, "");
    put_property(out, "pdf:Producer", "", producer, "");
    put_property(out, "xmp:CreatorTool", "", w->info.creator, "");
    put_xmp_date(out, "xmp:CreateDate", w->info.date);
    put_xmp_date(out, "xmp:ModifyDate", w->info.date);
    buf_text(out, "</rdf:Description>\n");
}

typedef struct Property {
    const char *name, *description, *value;
} Property;

static void put_schema(Buf *out, const Property *properties, size_t count)
{
    buf_text(out, "<rdf:Description rdf:about=\"\" xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\""
                  " xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\""
                  " xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\n"
                  "<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">\n"
                  "<pdfaSchema:schema>Scorecard report</pdfaSchema:schema>\n"
                  "<pdfaSchema:namespaceURI>" REPORT_NAMESPACE "</pdfaSchema:namespaceURI>\n"
                  "<pdfaSchema:prefix>report</pdfaSchema:prefix>\n<pdfaSchema:property><rdf:Seq>\n");
    for (size_t i = 0; i < count; i++) {
        if (properties[i].value)
            buf_print(out,
                      "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>%s</pdfaProperty:name>"
                      "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
                      "<pdfaProperty:category>internal</pdfaProperty:category>"
                      "<pdfaProperty:description>%s</pdfaProperty:description></rdf:li>\n",
                      properties[i].name, properties[i].description);
    }
    buf_text(out, "</rdf:Seq></pdfaSchema:property>\n</rdf:li></rdf:Bag></pdfaExtension:schemas>\n"
                  "</rdf:Description>\n");
}

static void put_report_properties(const PdfWriter *w, Buf *out)
{
    const Property properties[] = {
        {"identity", "Year, unit and layout of the report", w->info.identity},
        {"version", "Version of the report", w->info.version},
        {"dataHash", "SHA-256 of the data that the report was made from", w->info.data_hash},
        {"schemeHash", "SHA-256 of the assessment scheme", w->info.scheme_hash},
        {"layoutHash", "SHA-256 of the layout, its parts and its images", w->info.layout_hash},
    };
    const size_t count = sizeof properties / sizeof *properties;
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any |= properties[i].value != NULL;
    if (!any)
        return;
    put_schema(out, properties, count);
    buf_text(out, "<rdf:Description rdf:about=\"\" xmlns:report=\"" REPORT_NAMESPACE "\">\n");
    for (size_t i = 0; i < count; i++)
        put_property(out, arena_print(w->arena, "report:%s", properties[i].name), "", properties[i].value, "");
    buf_text(out, "</rdf:Description>\n");
}

/* The packet is neither compressed nor padded: nobody is to edit it in place. */
static void write_xmp(const PdfWriter *w, uint32_t number, const char *producer)
{
    Buf packet = {0};
    buf_text(&packet, "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
                      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n");
    put_standard_properties(w, producer, &packet);
    put_report_properties(w, &packet);
    buf_text(&packet, "</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>");
    const PdfBytes bytes = {arena_copy(w->arena, packet.bytes, packet.length), packet.length};
    buf_free(&packet);
    buf_text(pdf_file_begin(w->file, number), "/Type/Metadata/Subtype/XML");
    pdf_file_end_stream(w->file, bytes);
}

void pdf_metadata_write(PdfWriter *writer, uint32_t info_number, uint32_t xmp_number)
{
    const char *producer = pdf_file_producer(writer->arena);
    pdf_file_part(writer->file, PDF_METADATA);
    write_info(writer, info_number, producer);
    write_xmp(writer, xmp_number, producer);
    pdf_file_part(writer->file, PDF_REST);
}
