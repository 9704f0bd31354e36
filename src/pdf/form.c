/* The document's form: signature fields (12.7.4.5), empty, or one of them with a placeholder for a signature of the same revision.
 *
 * A field and its widget are one dictionary (12.5.6.19), for a signature has one place only. Empty fields stand in no
 * SigFlags: nothing is signed, and a program that fills one sets them in its own revision. No /Lock either, which would bar
 * the second of several who sign. PDF/A wants an appearance of every widget (19005-1 6.9): fields share an empty one, so that
 * nothing is printed.
 *
 * A placeholder's lengths are known only when the file is whole: /ByteRange is written as wide as numbers may become and
 * filled in afterwards (12.8.1), in the bytes that are signed. The file ID, made before, is that of the unsigned content.
 */
#include "pdf/pdf_int.h"

#include "base/map.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define RANGE_BLANK "          " /* 10 digits: 4 GB */

typedef struct Field {
    uint32_t number;
    struct Field *next;
} Field;

struct PdfForm {
    Arena *arena;
    Map *names;
    Field *first, **last;
    uint32_t appearance; /* of all fields */
    uint32_t signature;  /* of the placeholder; 0: none */
};

PdfForm *pdf_form_open(Arena *scratch)
{
    PdfForm *form = ARENA_NEW(scratch, PdfForm);
    form->arena = scratch;
    form->names = map_open(scratch);
    form->last = &form->first;
    return form;
}

/* A full stop parts the names of a hierarchy (12.7.3.2). */
bool pdf_form_add(PdfWriter *writer, const PageOp *op, uint32_t number)
{
    PdfForm *form = writer->form;
    const char *name = pdf_clean_text(writer, op->as.field.name);
    if (!*name || strchr(name, '.') || map_lookup(form->names, name))
        return diag_add(writer->diag, DIAG_PDF_FIELD, writer->place, name);
    Field *field = ARENA_NEW(form->arena, Field);
    field->number = number;
    *form->last = field;
    form->last = &field->next;
    map_add(form->names, name, field);
    if (!form->appearance)
        form->appearance = pdf_file_reserve(writer->file);
    if (writer->info.signature_field && strcmp(name, writer->info.signature_field) == 0)
        form->signature = pdf_file_reserve(writer->file);
    return true;
}

void pdf_form_write_widgets(const PdfWriter *writer, const Page *page, size_t index, const PdfLink *annotations)
{
    const PdfForm *form = writer->form;
    for (const PdfLink *widget = annotations; widget; widget = widget->next) {
        const PageOp *op = widget->op;
        if (op->kind != PAGE_FIELD)
            continue;
        const char *name = pdf_clean_text(writer, op->as.field.name);
        Buf *out = pdf_annotation_begin(writer, page, widget, (PagePoint){op->as.field.x, op->as.field.y},
                                        (PagePoint){op->as.field.width, op->as.field.height});
        /* Printed (19005-1 6.5.3), and not to be moved: 4 + 128 (table 165). */
        buf_text(out, "/Subtype/Widget/F 132/FT/Sig/T");
        pdf_put_text(out, name);
        buf_text(out, "/TU");
        pdf_put_text(out, pdf_clean_text(writer, op->as.field.label));
        pdf_put_reference(out, "P", writer->pages[index]);
        buf_print(out, "/AP<</N %u 0 R>>", form->appearance);
        if (form->signature && strcmp(name, writer->info.signature_field) == 0)
            pdf_put_reference(out, "V", form->signature);
        pdf_file_end(writer->file);
    }
}

static void write_placeholder(const PdfWriter *writer)
{
    Buf *out = pdf_file_begin(writer->file, writer->form->signature);
    buf_text(out, "/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 " RANGE_BLANK
                  " " RANGE_BLANK " " RANGE_BLANK "]/Contents<");
    for (size_t i = 0; i < writer->info.signature_room; i++)
        buf_text(out, "00");
    buf_byte(out, '>');
    pdf_file_end(writer->file);
}

bool pdf_form_write(PdfWriter *writer)
{
    const PdfForm *form = writer->form;
    if (writer->info.signature_field && !form->signature)
        return diag_add(writer->diag, DIAG_PDF_NO_FIELD, writer->place, writer->info.signature_field);
    if (form->appearance) {
        buf_text(pdf_file_begin(writer->file, form->appearance),
                 "/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<<>>");
        pdf_file_end_stream(writer->file, (PdfBytes){"", 0});
    }
    if (form->signature)
        write_placeholder(writer);
    return true;
}

void pdf_form_put(const PdfForm *form, Buf *out)
{
    if (!form->first)
        return;
    buf_text(out, "/AcroForm<</Fields[");
    for (const Field *field = form->first; field; field = field->next)
        buf_print(out, field == form->first ? "%u 0 R" : " %u 0 R", field->number);
    buf_byte(out, ']');
    if (form->signature)
        buf_text(out, "/SigFlags 3"); /* signed, and to be appended to only (table 219) */
    buf_text(out, ">>");
}

void pdf_form_place(const PdfWriter *writer, Buf *out, size_t start, PdfPlaceholder *placeholder)
{
    static const char range[] = "/ByteRange[0 ", contents[] = "]/Contents<";
    if (!writer->form->signature)
        return;
    char *at = (char *)out->bytes + start + pdf_file_offset(writer->file, writer->form->signature);
    at = strstr(at, range); /* the object is ASCII, and has both */
    assert(at);
    at += strlen(range);
    const char *digits = strstr(at, contents);
    placeholder->before = (size_t)(digits - (char *)out->bytes) - start + strlen(contents) - 1;
    placeholder->after = placeholder->before + 2 * writer->info.signature_room + 2;
    placeholder->length = out->length - start;
    char numbers[3 * sizeof RANGE_BLANK + 1];
    snprintf(numbers, sizeof numbers, "%-10zu %-10zu %-10zu", placeholder->before, placeholder->after,
             placeholder->length - placeholder->after);
    memcpy(at, numbers, strlen(numbers));
}

bool pdf_sign(unsigned char *file, const PdfPlaceholder *placeholder, const void *signature, size_t length, Diag *diag)
{
    static const char digits[] = "0123456789abcdef";
    const size_t room = (placeholder->after - placeholder->before) / 2;
    if (placeholder->after == 0 || length > room - 1)
        return diag_add(diag, DIAG_PDF_SIGNATURE, (DiagPlace){0}, diag_number(diag, (int64_t)length),
                        diag_number(diag, placeholder->after ? (int64_t)room - 1 : 0));
    const unsigned char *bytes = signature;
    unsigned char *to = file + placeholder->before + 1;
    for (size_t i = 0; i < length; i++) {
        *to++ = (unsigned char)digits[bytes[i] >> 4];
        *to++ = (unsigned char)digits[bytes[i] & 15];
    }
    return true;
}
