/* Faces by family: what fontconfig finds on this machine for a family and weight.
 *
 * Fontconfig always answers, with some other family if need be; only an answer of the family that was asked for counts, as a
 * department's document must not change its face in silence. Asked once per run, before the fork.
 */
#include "text/family.h"

#include "base/map.h"

#include <fontconfig/fontconfig.h>
#include <stdint.h>
#include <strings.h>

/* True when one of the match's family names (they are given in several languages) is the one asked for. */
static bool is_of_family(FcPattern *match, const char *family)
{
    FcChar8 *name;
    for (int i = 0; FcPatternGetString(match, FC_FAMILY, i, &name) == FcResultMatch; i++)
        if (strcasecmp((const char *)name, family) == 0)
            return true;
    return false;
}

static FcPattern *ask(const char *family, bool bold)
{
    FcPattern *wanted = FcPatternCreate();
    FcPatternAddString(wanted, FC_FAMILY, (const FcChar8 *)family);
    FcPatternAddInteger(wanted, FC_WEIGHT, bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
    FcPatternAddBool(wanted, FC_SCALABLE, FcTrue);
    FcPatternAddBool(wanted, FC_VARIABLE, FcFalse); /* of a variable font only the default instance could be embedded */
    FcConfigSubstitute(NULL, wanted, FcMatchPattern);
    FcDefaultSubstitute(wanted);
    FcResult result;
    FcPattern *match = FcFontMatch(NULL, wanted, &result);
    FcPatternDestroy(wanted);
    return match;
}

void text_family_close(void)
{
    FcFini();
}

/* The installed family whose name is most like the one asked for, or "-". */
static const char *nearest(Arena *run, const char *family)
{
    FcPattern *any = FcPatternCreate();
    FcObjectSet *properties = FcObjectSetBuild(FC_FAMILY, (char *)NULL);
    FcFontSet *all = FcFontList(NULL, any, properties);
    Map *names = map_open(run);
    for (int i = 0; all && i < all->nfont; i++) {
        FcChar8 *name;
        for (int k = 0; FcPatternGetString(all->fonts[i], FC_FAMILY, k, &name) == FcResultMatch; k++) {
            const char *kept = arena_string(run, (const char *)name);
            map_add(names, kept, (void *)(uintptr_t)kept);
        }
    }
    if (all)
        FcFontSetDestroy(all);
    FcObjectSetDestroy(properties);
    FcPatternDestroy(any);
    const char *found = map_nearest(names, family);
    return found ? found : "-";
}

/* Fontconfig answers with another weight where the family does not have the one asked for. */
static bool has_weight(FcPattern *match, bool bold)
{
    int weight = FC_WEIGHT_REGULAR;
    FcPatternGetInteger(match, FC_WEIGHT, 0, &weight);
    return bold ? weight >= FC_WEIGHT_DEMIBOLD : weight < FC_WEIGHT_DEMIBOLD;
}

TextFamilyFound text_family_find(Arena *run, const char *family, bool bold, TextFamilyMatch *out)
{
    *out = (TextFamilyMatch){.nearest = "-"};
    FcPattern *match = ask(family, bold);
    FcChar8 *file;
    TextFamilyFound found = TEXT_FAMILY_NONE;
    if (match && is_of_family(match, family) && FcPatternGetString(match, FC_FILE, 0, &file) == FcResultMatch) {
        int index = 0;
        FcPatternGetInteger(match, FC_INDEX, 0, &index);
        found = has_weight(match, bold) && index <= 0xFFFF ? TEXT_FAMILY_FOUND : TEXT_FAMILY_NO_WEIGHT;
        out->path = arena_string(run, (const char *)file);
        out->index = (unsigned)index & 0xFFFF; /* above: a named instance of a variable font */
    }
    if (found == TEXT_FAMILY_NONE)
        out->nearest = nearest(run, family);
    if (match)
        FcPatternDestroy(match);
    return found;
}
