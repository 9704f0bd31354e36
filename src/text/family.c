/* Faces by family: what fontconfig finds on this machine for a family and weight.
 *
 * Fontconfig always answers, with some other family if need be; only an answer of the family that was asked for counts, as a
 * department's document must not change its face in silence. Asked once per run, before the fork.
 */
#include "text/family.h"

#include <fontconfig/fontconfig.h>
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

bool text_family_find(Arena *run, const char *family, bool bold, TextFamilyMatch *out)
{
    *out = (TextFamilyMatch){.nearest = "-"};
    FcPattern *match = ask(family, bold);
    FcChar8 *file, *name;
    if (!match)
        return false;
    if (FcPatternGetString(match, FC_FAMILY, 0, &name) == FcResultMatch)
        out->nearest = arena_string(run, (const char *)name);
    int index = 0;
    FcPatternGetInteger(match, FC_INDEX, 0, &index);
    const bool found = is_of_family(match, family) && FcPatternGetString(match, FC_FILE, 0, &file) == FcResultMatch;
    if (found) {
        out->path = arena_string(run, (const char *)file);
        out->index = (unsigned)index & 0xFFFF; /* above: a named instance of a variable font */
    }
    FcPatternDestroy(match);
    return found;
}
