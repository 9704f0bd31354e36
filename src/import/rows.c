/* The rows of a sheet → records. A row is read cell by cell, so that everything wrong with it is told at once; a record that is there already
 * (by its number, or by the key columns of its table) takes the cells that say something new, an empty cell takes nothing away. */
#include "import/import_int.h"

#include <string.h>

typedef struct Put {
    ImportJob *job;
    const ImportSource *source;
    const ImportTableMap *table;
    ImportTable *counts;
    DataStmt *by_number, *by_key, *insert, *update_number, *update_key, *unit_of;
    const ImportColumn *number, *unit; /* columns with a part to play; NULL = the table has none */
    size_t *place_cell;                /* by place: column of the sheet + 1; 0 = not there */
    bool last;                         /* no further pass: what is not there will not come */
} Put;

typedef enum Outcome { PUT_DONE, PUT_REFUSED, PUT_LATER, PUT_FAILED } Outcome;

/* One row being put. */
typedef struct Record {
    const ImportRow *row;
    ImportValue *values; /* by column of the table */
    bool refused, later, repeated;
} Record;

/* What the files have said of a record. */
typedef struct Said {
    const char *text;
    const char *file;
    int line;
} Said;

/* ── statements ── */

static const ImportColumn *find_column(const ImportTableMap *table, const char *name)
{
    for (size_t i = 0; name && i < table->column_count; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return NULL;
}

static void add_where_key(Buf *sql, const ImportTableMap *table)
{
    const char *join = " WHERE ";
    for (size_t i = 0; i < table->column_count; i++) {
        if (!table->columns[i].key)
            continue;
        buf_print(sql, "%s\"%s\" IS :%s", join, table->columns[i].name, table->columns[i].name);
        join = " AND ";
    }
}

static void add_names(Buf *sql, const ImportTableMap *table, const char *mark, const char *end)
{
    for (size_t i = 0; i < table->column_count; i++)
        buf_print(sql, "%s%s%s%s", i ? ", " : "", mark, table->columns[i].name, end);
}

/* Sets what is given; `keys`: also the columns that tell the record apart. */
static void add_set(Buf *sql, const ImportTableMap *table, bool keys)
{
    const char *join = " SET ";
    for (size_t i = 0; i < table->column_count; i++) {
        const ImportColumn *column = &table->columns[i];
        if (column->kind == IMPORT_NUMBER || (column->key && !keys))
            continue;
        buf_print(sql, "%s\"%s\" = coalesce(:%s, \"%s\")", join, column->name, column->name, column->name);
        join = ", ";
    }
    if (join[0] == ' ') /* nothing but keys */
        buf_text(sql, " SET rowid = rowid");
}

static DataStmt *prepare(Put *put, Buf *sql)
{
    DataStmt *stmt =
        data_prepare(put->job->db, buf_cstring(sql), (DiagPlace){.table = put->table->name}, put->job->diag);
    buf_clear(sql);
    return stmt;
}

static bool prepare_all(Put *put)
{
    const ImportTableMap *table = put->table;
    Buf sql = {0};
    buf_text(&sql, "SELECT ");
    add_names(&sql, table, "\"", "\"");
    buf_print(&sql, " FROM \"%s\"", table->name);
    add_where_key(&sql, table);
    buf_text(&sql, " LIMIT 2");
    put->by_key = prepare(put, &sql);

    buf_print(&sql, "INSERT INTO \"%s\" (", table->name);
    add_names(&sql, table, "\"", "\"");
    buf_text(&sql, ") VALUES (");
    add_names(&sql, table, ":", "");
    buf_text(&sql, ")");
    put->insert = prepare(put, &sql);
    bool ok = put->by_key && put->insert;
    bool more = false; /* than keys */
    for (size_t i = 0; i < table->column_count; i++)
        more |= !table->columns[i].key && table->columns[i].kind != IMPORT_NUMBER;
    if (ok && more) {
        buf_print(&sql, "UPDATE \"%s\"", table->name);
        add_set(&sql, table, false);
        add_where_key(&sql, table);
        ok = (put->update_key = prepare(put, &sql)) != NULL;
    }
    if (ok && put->number) {
        buf_text(&sql, "SELECT ");
        add_names(&sql, table, "\"", "\"");
        buf_print(&sql, " FROM \"%s\" WHERE id = :id", table->name);
        put->by_number = prepare(put, &sql);
        buf_print(&sql, "UPDATE \"%s\"", table->name);
        add_set(&sql, table, true);
        buf_text(&sql, " WHERE id = :id");
        put->update_number = prepare(put, &sql);
        ok = put->by_number && put->update_number;
    }
    if (ok && put->unit && put->unit->kind == IMPORT_RECORD) {
        buf_print(&sql, "SELECT unit_id FROM \"%s\" WHERE id = :id", put->unit->table->name);
        ok = (put->unit_of = prepare(put, &sql)) != NULL;
    }
    buf_free(&sql);
    return ok;
}

static void finalize_all(Put *put)
{
    DataStmt *all[] = {put->by_number, put->by_key, put->insert, put->update_number, put->update_key, put->unit_of};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        data_finalize(all[i]);
}

/* ── refusing ── */

static DiagPlace place_of(const Put *put, const Record *record, const ImportColumn *column)
{
    const size_t cell = column ? put->place_cell[column->place] : 0;
    return (DiagPlace){.file = put->source->sheet->file,
                       .table = put->source->sheet->name,
                       .line = record->row->line,
                       .column = (int)cell,
                       .field = column ? column->heading : NULL};
}

static void refuse(Put *put, Record *record, const ImportColumn *column, const ImportRefusal *refusal)
{
    if (refusal->code == DIAG_IMPORT_NO_UNIT && !put->last) {
        record->later = true;
        return;
    }
    record->refused = true;
    diag_add(put->job->rejections, refusal->code, place_of(put, record, column), refusal->args[0],
             refusal->args[1] ? refusal->args[1] : "", refusal->args[2] ? refusal->args[2] : "");
}

/* ── reading cells ── */

static const ImportCell *cell_at(const Put *put, const Record *record, const ImportColumn *column)
{
    static const ImportCell empty = {.text = ""};
    const size_t cell = put->place_cell[column->place];
    return cell > 0 && cell <= record->row->count ? &record->row->cells[cell - 1] : &empty;
}

/* The unit whose record this is, for people by name; 0 = unknown. */
static int64_t unit_of_record(Put *put, const Record *record)
{
    if (!put->unit)
        return 0;
    const ImportValue *value = &record->values[put->unit - put->table->columns];
    if (value->null || !put->unit_of)
        return value->null ? 0 : value->number;
    data_bind_int(put->unit_of, ":id", value->number);
    const int64_t unit = data_step(put->unit_of, put->job->diag) == DATA_ROW ? data_int(put->unit_of, 0) : 0;
    data_reset(put->unit_of);
    return unit;
}

static bool read_value(Put *put, const Record *record, const ImportColumn *column, ImportValue *out,
                       ImportRefusal *refusal)
{
    ImportJob *job = put->job;
    const ImportCell *cell = cell_at(put, record, column);
    *out = (ImportValue){.null = import_is_blank(cell->text)};
    if (cell->wrong) {
        *refusal = (ImportRefusal){DIAG_IMPORT_CELL, {cell->text}};
        return false;
    }
    if (out->null)
        return true;
    if (column->kind == IMPORT_UNIT || column->kind == IMPORT_PERSON) {
        out->integer = true;
        return column->kind == IMPORT_UNIT ? import_refer_unit(job->refer, cell->text, &out->number, refusal, job->diag)
                                           : import_refer_person(job->refer, cell->text, unit_of_record(put, record),
                                                                 &out->number, refusal, job->diag);
    }
    if (column->kind != IMPORT_WORDS)
        return import_parse_value(job->scratch, column, cell->text, out, refusal);
    *refusal = (ImportRefusal){DIAG_IMPORT_NOT_WORD, {import_trim(job->scratch, cell->text), column->heading}};
    return import_refer_word(job->refer, column->dictionary, cell->text, &out->text, job->diag);
}

/* By number, or by the columns that find it when any of them says something. */
static bool read_record(Put *put, Record *record, const ImportColumn *column, ImportValue *out, ImportRefusal *refusal)
{
    ImportValue *values = ARENA_ARRAY(put->job->scratch, column->by_count, ImportValue);
    bool said = false;
    if (!read_value(put, record, column, out, refusal))
        return false;
    if (!out->null)
        return import_refer_number(put->job->refer, column->table->name, out->number, refusal, put->job->diag);
    for (size_t i = 0; i < column->by_count; i++) {
        const ImportColumn *by = &column->by[i];
        if (!read_value(put, record, by, &values[i], refusal))
            return false;
        said |= !values[i].null;
        if (values[i].null && by->own)
            values[i] = record->values[find_column(put->table, by->own) - put->table->columns];
    }
    *out = (ImportValue){.null = !said, .integer = true};
    return !said || import_refer_record(put->job->refer, column, values, &out->number, refusal, put->job->diag);
}

static void read_column(Put *put, Record *record, size_t index)
{
    const ImportColumn *column = &put->table->columns[index];
    ImportRefusal refusal = {0};
    const bool ok = column->kind == IMPORT_RECORD ? read_record(put, record, column, &record->values[index], &refusal)
                                                  : read_value(put, record, column, &record->values[index], &refusal);
    if (!ok)
        refuse(put, record, column, &refusal);
    else if (record->values[index].null && column->required && !column->fallback)
        refuse(put, record, column, &(ImportRefusal){DIAG_IMPORT_REQUIRED, {column->heading}});
}

/* People last: their names are narrowed by the record's unit. */
static void read_row(Put *put, Record *record)
{
    record->values = ARENA_ARRAY(put->job->scratch, put->table->column_count, ImportValue);
    for (int people = 0; people < 2; people++)
        for (size_t i = 0; i < put->table->column_count; i++)
            if ((put->table->columns[i].kind == IMPORT_PERSON) == people)
                read_column(put, record, i);
    const ImportColumn *from = find_column(put->table, "from_date"), *to = find_column(put->table, "to_date");
    if (record->refused || record->later || !from || !to)
        return;
    const ImportValue *first = &record->values[from - put->table->columns],
                      *end = &record->values[to - put->table->columns];
    if (!first->null && !end->null && strcmp(end->text, first->text) < 0)
        refuse(put, record, to, &(ImportRefusal){DIAG_IMPORT_PERIOD, {end->text, first->text}});
}

/* ── comparing and storing ── */

static void bind_all(const Put *put, DataStmt *stmt, const Record *record, bool fallbacks)
{
    for (size_t i = 0; i < put->table->column_count; i++) {
        const ImportColumn *column = &put->table->columns[i];
        const ImportValue *value = &record->values[i];
        const char *name = arena_print(put->job->scratch, ":%s", column->name);
        if (value->null)
            data_bind_text(stmt, name, fallbacks ? column->fallback : NULL);
        else if (value->integer)
            data_bind_int(stmt, name, value->number);
        else
            data_bind_text(stmt, name, value->text);
    }
}

static const char *value_text(Arena *arena, const ImportValue *value)
{
    if (value->null)
        return "";
    return value->integer ? arena_print(arena, "%lld", (long long)value->number) : value->text;
}

/* Everything that the row says of its record, in one text; what tells the record apart when it has no number, in another. */
static const char *saying(Put *put, const Record *record, bool keys)
{
    Buf text = {0};
    buf_text(&text, put->table->name);
    for (size_t i = 0; i < put->table->column_count; i++) {
        const ImportColumn *column = &put->table->columns[i];
        if (column == put->number || (keys && !column->key))
            continue;
        buf_byte(&text, 0x1F); /* no text has it */
        buf_text(&text, record->values[i].null ? "\x1E" : value_text(put->job->scratch, &record->values[i]));
    }
    const char *out = arena_string(put->job->scratch, buf_cstring(&text));
    buf_free(&text);
    return out;
}

/* A record's name among those that the files speak of: its number where the table has one, whichever way the row names it. */
static const char *name_of(Put *put, const Record *record, int64_t number)
{
    return put->number ? arena_print(put->job->scratch, "%s\x1F#%lld", put->table->name, (long long)number)
                       : saying(put, record, true);
}

/* True: the files have spoken of this record before. The row is a repetition, or a contradiction and refused. */
static bool said_before(Put *put, Record *record, const char *name)
{
    const Said *before = map_lookup(put->job->seen, name);
    if (!before)
        return false;
    record->repeated = strcmp(before->text, saying(put, record, false)) == 0;
    if (!record->repeated)
        refuse(put, record, NULL,
               &(ImportRefusal){DIAG_IMPORT_KEY_TWICE,
                                {before->file, arena_print(put->job->scratch, "%d", before->line)}});
    return true;
}

static void remember(Put *put, const Record *record, const char *name)
{
    Arena *arena = put->job->arena;
    Said *said = ARENA_NEW(arena, Said);
    *said = (Said){arena_string(arena, saying(put, record, false)), put->source->sheet->file, record->row->line};
    map_add(put->job->seen, arena_string(arena, name), said);
}

/* Runs a statement whose failure on a rule of the schema is the row's fault; any other is the import's. */
static Outcome run(Put *put, Record *record, DataStmt *stmt)
{
    Diag *own = diag_open(put->job->scratch, 0);
    const DataStep step = data_step(stmt, own);
    data_reset(stmt);
    if (step != DATA_ERROR)
        return PUT_DONE;
    const DiagItem *item = diag_item(own, 0);
    if (item->code != DIAG_DATA_SQL) {
        diag_append(put->job->diag, item);
        return PUT_FAILED;
    }
    ImportRefusal refusal;
    const ImportColumn *column = import_rule_broken(put->job->scratch, put->table, item->args[0], &refusal);
    if (column)
        refusal.args[2] = import_trim(put->job->scratch, cell_at(put, record, column)->text);
    refuse(put, record, column, &refusal);
    return PUT_REFUSED;
}

/* Whether a stored row differs in what the row says. */
static bool differs(const Put *put, const Record *record, const DataStmt *stored)
{
    for (size_t i = 0; i < put->table->column_count; i++)
        if (!record->values[i].null &&
            strcmp(value_text(put->job->scratch, &record->values[i]), data_text(stored, (int)i)) != 0)
            return true;
    return false;
}

/* A number belongs to one record for ever: one of another unit (or person, or name: the first key column) does not take it over. */
static bool is_same(Put *put, Record *record, const DataStmt *stored)
{
    for (size_t i = 0; i < put->table->column_count; i++) {
        const ImportColumn *column = &put->table->columns[i];
        if (!column->key)
            continue;
        if (strcmp(value_text(put->job->scratch, &record->values[i]), data_text(stored, (int)i)) == 0)
            return true;
        const size_t number = (size_t)(put->number - put->table->columns);
        refuse(put, record, put->number,
               &(ImportRefusal){DIAG_IMPORT_NUMBER_TAKEN,
                                {value_text(put->job->scratch, &record->values[number]), column->heading}});
        return false;
    }
    return true;
}

static Outcome change(Put *put, Record *record, DataStmt *find, DataStmt *update)
{
    const bool different = differs(put, record, find);
    data_reset(find);
    if (!different || !update) {
        put->counts->unchanged++;
        return PUT_DONE;
    }
    bind_all(put, update, record, false);
    const Outcome outcome = run(put, record, update);
    put->counts->changed += outcome == PUT_DONE;
    return outcome;
}

static Outcome add(Put *put, Record *record)
{
    bind_all(put, put->insert, record, true);
    const Outcome outcome = run(put, record, put->insert);
    put->counts->added += outcome == PUT_DONE;
    return outcome;
}

/* The key that a record had before a row with its number gives it another: a row that still names it so speaks of this record, and would
 * otherwise be taken for a new one. */
static void remember_old_key(Put *put, const Record *record, const DataStmt *stored)
{
    Record old = {.row = record->row, .values = ARENA_ARRAY(put->job->scratch, put->table->column_count, ImportValue)};
    bool another = false;
    for (size_t i = 0; i < put->table->column_count; i++) {
        const char *text = data_text(stored, (int)i), *own = value_text(put->job->scratch, &record->values[i]);
        old.values[i] = (ImportValue){.null = !*text, .text = arena_string(put->job->scratch, text)};
        another |= put->table->columns[i].key && !record->values[i].null && strcmp(own, text) != 0;
    }
    const char *key = saying(put, &old, true);
    if (another && !map_lookup(put->job->seen, key))
        remember(put, record, key);
}

static Outcome store_found(Put *put, Record *record, DataStmt *find, bool numbered)
{
    const int64_t number = put->number ? data_int(find, (int)(put->number - put->table->columns)) : 0;
    const char *name = name_of(put, record, number);
    if ((numbered && !is_same(put, record, find)) || said_before(put, record, name)) {
        data_reset(find);
        return record->refused ? PUT_REFUSED : PUT_DONE;
    }
    remember(put, record, name);
    if (numbered)
        remember_old_key(put, record, find);
    return change(put, record, find, numbered ? put->update_number : put->update_key);
}

static Outcome store_new(Put *put, Record *record, int64_t number)
{
    if (put->number && number == 0 && said_before(put, record, saying(put, record, true)))
        return PUT_REFUSED;
    const Outcome outcome = add(put, record);
    if (outcome == PUT_DONE)
        remember(put, record, name_of(put, record, number ? number : data_last_row(put->job->db)));
    return outcome;
}

static Outcome store(Put *put, Record *record)
{
    Diag *diag = put->job->diag;
    const ImportValue *number = put->number ? &record->values[put->number - put->table->columns] : NULL;
    const bool numbered = number && !number->null;
    DataStmt *find = numbered ? put->by_number : put->by_key;
    bind_all(put, find, record, false);
    DataStep step = data_step(find, diag);
    if (step == DATA_ROW && numbered)
        return store_found(put, record, find, true);
    if (step == DATA_DONE)
        return store_new(put, record, numbered ? number->number : 0);
    if (step == DATA_ERROR)
        return PUT_FAILED;
    /* The row is looked at again from the start: a second one means that the key fits several records. */
    step = data_step(find, diag);
    data_reset(find);
    if (step == DATA_ROW) {
        refuse(put, record, NULL, &(ImportRefusal){DIAG_IMPORT_KEY_MANY, {put->number ? put->number->heading : ""}});
        return PUT_REFUSED;
    }
    bind_all(put, find, record, false);
    return step == DATA_DONE && data_step(find, diag) == DATA_ROW ? store_found(put, record, find, false) : PUT_FAILED;
}

/* ── rows ── */

static void keep_sample(Put *put, const Record *record)
{
    Buf text = {0};
    if (put->counts->sample_count == IMPORT_SAMPLES)
        return;
    for (size_t c = 0; c < put->source->column_count; c++) {
        const ImportColumn *column = put->source->columns[c];
        if (column && c < record->row->count && !import_is_blank(record->row->cells[c].text))
            buf_print(&text, "%s%s=%s", text.length ? ", " : "", column->heading,
                      import_trim(put->job->scratch, record->row->cells[c].text));
    }
    put->counts->samples[put->counts->sample_count++] = arena_string(put->job->arena, buf_cstring(&text));
    buf_free(&text);
}

static Outcome put_row(Put *put, const ImportRow *row)
{
    Record record = {.row = row};
    Outcome outcome = PUT_REFUSED;
    read_row(put, &record);
    if (record.later && !record.refused)
        return PUT_LATER;
    if (!record.refused)
        outcome = store(put, &record);
    if (outcome == PUT_DONE && !record.repeated)
        keep_sample(put, &record);
    put->counts->repeated += record.repeated;
    put->counts->rejected += outcome == PUT_REFUSED;
    return outcome;
}

/* Rows whose upper unit comes further down wait for another pass, as long as each pass brings some in. */
static bool put_pass(Put *put, const ImportRow **rows, size_t *count, bool *moved)
{
    size_t waiting = 0;
    *moved = false;
    for (size_t i = 0; i < *count; i++) {
        const ArenaMark mark = arena_mark(put->job->scratch);
        const Outcome outcome = put_row(put, rows[i]);
        arena_rewind(put->job->scratch, mark);
        if (outcome == PUT_FAILED)
            return false;
        if (outcome == PUT_LATER)
            rows[waiting++] = rows[i];
        else
            *moved = true;
    }
    *count = waiting;
    return true;
}

bool import_put_rows(ImportJob *job, const ImportSource *source, ImportTable *counts)
{
    Put put = {.job = job, .source = source, .table = source->table, .counts = counts};
    const ImportSheet *sheet = source->sheet;
    put.place_cell = ARENA_ARRAY(job->arena, source->table->place_count, size_t);
    for (size_t c = 0; c < source->column_count; c++)
        if (source->columns[c])
            put.place_cell[source->columns[c]->place] = c + 1;
    for (size_t i = 0; i < put.table->column_count; i++)
        if (put.table->columns[i].kind == IMPORT_NUMBER)
            put.number = &put.table->columns[i];
    put.unit = find_column(put.table, put.table->unit);
    size_t count = sheet->row_count - source->first;
    const ImportRow **rows = ARENA_ARRAY(job->arena, count, const ImportRow *);
    for (size_t i = 0; i < count; i++)
        rows[i] = &sheet->rows[source->first + i];
    bool ok = prepare_all(&put), moved = true;
    put.last = strcmp(put.table->name, "unit") != 0;
    while (ok && count > 0) {
        ok = put_pass(&put, rows, &count, &moved);
        put.last = !moved;
    }
    finalize_all(&put);
    return ok;
}
