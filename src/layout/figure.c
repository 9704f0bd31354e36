/* Figures of the tree: charts, images, QR codes, seals, and the end of a letter, which bears one. */
#include "layout/layout_int.h"

#include "base/file.h"

#include <string.h>

/* ── charts ── */

/* A column's name, as in query.column; formats would make text of the number. */
static const LayoutField *column_attribute(LayoutCompiler *c, const XmlNode *xml, const char *name)
{
    const char *text = xml_attr(xml, name);
    if (!text)
        return NULL;
    if (strchr(text, '|') || strchr(text, '{')) {
        LAYOUT_FAIL(c, LAYOUT_VALUE, xml_place(c->file, xml), name, text, "score");
        return NULL;
    }
    return layout_parse_field(c, xml_place(c->file, xml), text);
}

static LayoutChartType chart_type(const XmlNode *xml)
{
    static const char *const names[] = {"bar", "radar", "line", "stack", "dot", "gauge"}; /* as LayoutChartType */
    size_t type = 0;
    while (strcmp(names[type], xml_attr(xml, "type")) != 0)
        type++;
    return (LayoutChartType)type;
}

void layout_compile_chart(LayoutCompiler *c, const XmlNode *xml, LayoutNode *chart)
{
    const LayoutScope scope = {layout_lookup_query(c, xml), true, c->scope};
    const char *decimals = xml_attr(xml, "decimals");
    chart->as.chart.type = chart_type(xml);
    chart->as.chart.query = scope.query->name;
    chart->as.chart.alt = layout_parts_attribute(c, xml, "alt");
    c->scope = &scope;
    chart->as.chart.label = layout_parts_attribute(c, xml, "label");
    chart->as.chart.caption = layout_parts_attribute(c, xml, "caption");
    chart->as.chart.href = layout_href_attribute(c, xml);
    chart->as.chart.value = column_attribute(c, xml, "value");
    chart->as.chart.reference = column_attribute(c, xml, "reference");
    c->scope = scope.outer;
    chart->as.chart.value_name = xml_attr(xml, "value-name");
    chart->as.chart.reference_name = xml_attr(xml, "reference-name");
    chart->as.chart.places = decimals ? layout_count_attribute(xml, "decimals") : 0;
    chart->as.chart.max = xml_attr(xml, "max") ? layout_count_attribute(xml, "max") : 0;
    chart->as.chart.height = chart->style->height;
    if (chart->style->height <= 0)
        LAYOUT_FAIL(c, LAYOUT_VALUE, xml_place(c->file, xml), "height", "0", "60mm");
}

/* ── figures ── */

static size_t name_index(const char *const *names, const char *name)
{
    size_t index = 0;
    while (strcmp(names[index], name) != 0)
        index++;
    return index;
}

static Mpt length_attribute(LayoutCompiler *c, const XmlNode *xml, const char *name, Mpt otherwise)
{
    const char *text = xml_attr(xml, name);
    Mpt length = otherwise;
    if (text && (!layout_parse_length(text, &length) || length <= 0))
        LAYOUT_FAIL(c, LAYOUT_VALUE, xml_place(c->file, xml), name, text, "20mm, 60pt");
    return length;
}

static const Image *load_image(LayoutCompiler *c, const XmlNode *xml, const char *path)
{
    const DiagPlace place = xml_place(c->file, xml);
    if (*path != '/')
        path = file_join(c->run, file_directory(c->run, place.file), path);
    const Image *image = image_load(c->images, path, place, c->diag);
    if (image)
        c->image_hashes = arena_print(c->run, "%s %s", c->image_hashes, image->hash);
    c->failed |= !image;
    return image;
}

/* What is usual for offices of counties and above; of a city 45 mm, of a township 40 mm. */
static Mpt seal_diameter(void)
{
    return fixed_from_micrometre(42000);
}

static const LayoutPart *seal_alt(LayoutCompiler *c, const LayoutPart *name)
{
    LayoutPart *alt = ARENA_NEW(c->run, LayoutPart);
    *alt = (LayoutPart){.literal = "印章：", .next = (LayoutPart *)(uintptr_t)name};
    return alt;
}

void layout_compile_figure(LayoutCompiler *c, const XmlNode *xml, LayoutNode *figure)
{
    static const char *const types[] = {"img", "qr", "seal", "signature"}; /* as LayoutFigureType */
    static const char *const levels[] = {"L", "M", "Q", "H"};              /* as ImageQrLevel */
    const char *level = xml_attr(xml, "level");
    figure->as.figure.type = (LayoutFigureType)name_index(types, xml->name);
    figure->as.figure.alt = layout_parts_attribute(c, xml, "alt");
    figure->as.figure.text = layout_parts_attribute(c, xml, "text");
    figure->as.figure.level = (ImageQrLevel)name_index(levels, level ? level : "M");
    figure->as.figure.size = length_attribute(c, xml, "size", 0);
    figure->as.figure.name = layout_parts_attribute(c, xml, "name");
    if (figure->as.figure.type == LAYOUT_SEAL)
        figure->as.figure.size = length_attribute(c, xml, "diameter", seal_diameter());
    /* The grammar wants it of the others. */
    if (!xml_attr(xml, "alt") && figure->as.figure.type == LAYOUT_SEAL)
        figure->as.figure.alt = seal_alt(c, figure->as.figure.name);
    else if (!xml_attr(xml, "alt"))
        figure->as.figure.alt = figure->as.figure.name;
    if (figure->as.figure.type == LAYOUT_IMG)
        figure->as.figure.image = load_image(c, xml, xml_attr(xml, "src"));
}

/* ── the end of a letter: name, date, seal ── */

/* A child after those that the parent has. */
static LayoutNode *add_child(LayoutCompiler *c, LayoutNode *parent, const XmlNode *xml, LayoutKind kind,
                             const LayoutStyle *style)
{
    LayoutNode *child = ARENA_NEW(c->run, LayoutNode);
    *child = (LayoutNode){.kind = kind,
                          .style = style,
                          .parent = parent,
                          .element = kind == LAYOUT_P ? "p" : xml->name,
                          .file = parent->file,
                          .line = xml->line,
                          .column = xml->column};
    const LayoutNode **last = &parent->children;
    while (*last)
        last = (const LayoutNode **)(uintptr_t) & (*last)->next;
    *last = child;
    c->nodes++;
    return child;
}

static void add_signoff_line(LayoutCompiler *c, const XmlNode *xml, LayoutNode *signoff, const LayoutComputed *style,
                             const LayoutPart *parts)
{
    const LayoutStyle *own = &layout_style_anonymous(c, style)->style;
    LayoutNode *line = add_child(c, signoff, xml, LAYOUT_P, own);
    if (parts)
        add_child(c, line, xml, LAYOUT_TEXT, own)->as.text.parts = parts;
}

/* `seal` is "drawn" or a file. */
static void add_signoff_seal(LayoutCompiler *c, const XmlNode *xml, LayoutNode *signoff, const LayoutComputed *style,
                             const LayoutPart *name, const char *seal)
{
    LayoutStyle *own = &layout_style_anonymous(c, style)->style;
    LayoutNode *figure = add_child(c, signoff, xml, LAYOUT_FIGURE, own);
    const Mpt diameter = length_attribute(c, xml, "diameter", seal_diameter());
    own->colour = LAYOUT_SEAL_RED;
    figure->as.figure = (LayoutFigure){.type = LAYOUT_SEAL, .alt = seal_alt(c, name), .name = name, .size = diameter};
    if (strcmp(seal, "drawn") != 0) {
        own->width = (LayoutLength){LAYOUT_WIDTH_FIXED, diameter};
        figure->as.figure.type = LAYOUT_IMG;
        figure->as.figure.image = load_image(c, xml, seal);
    }
}

void layout_compile_signoff(LayoutCompiler *c, const XmlNode *xml, LayoutNode *node, const LayoutComputed *style)
{
    const LayoutPart *name = layout_parts_attribute(c, xml, "name");
    const LayoutPart *seal_name = layout_parts_attribute(c, xml, "seal-name");
    const char *seal = xml_attr(xml, "seal");
    add_signoff_line(c, xml, node, style, name);
    add_signoff_line(c, xml, node, style, layout_parts_attribute(c, xml, "date"));
    if (seal && strcmp(seal, "none") != 0)
        add_signoff_seal(c, xml, node, style, seal_name ? seal_name : name, seal);
}
