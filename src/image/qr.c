/* QR codes through libqrencode. */
#include "image/image.h"

#include <qrencode.h>

const ImageQr *image_qr(Arena *arena, const char *text, ImageQrLevel level)
{
    static const QRecLevel levels[] = {QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H};
    QRcode *code = QRcode_encodeString(text, 0, levels[level], QR_MODE_8, 1);
    if (!code)
        return NULL;
    ImageQr *qr = ARENA_NEW(arena, ImageQr);
    qr->side = code->width;
    const size_t count = (size_t)code->width * (size_t)code->width;
    unsigned char *dark = arena_alloc(arena, count);
    for (size_t i = 0; i < count; i++)
        dark[i] = code->data[i] & 1; /* the other bits say what a module is for */
    qr->dark = dark;
    QRcode_free(code);
    return qr;
}
