/* The progress bar: one line on stderr, redrawn at most ten times a second, silent when stderr is no terminal. */
#include "batch/batch_int.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAR_WIDTH = 30 };

void batch_meter_begin(BatchMeter *meter, BatchProgress mode, const char *label)
{
    bool on = mode == BATCH_PROGRESS_ALWAYS || (mode == BATCH_PROGRESS_AUTO && isatty(STDERR_FILENO));
    *meter = (BatchMeter){on, label, clock_ticks(), 0};
}

static void draw(const BatchMeter *meter, size_t done, size_t total, int64_t now)
{
    char bar[BAR_WIDTH + 1];
    size_t filled = total ? done * BAR_WIDTH / total : BAR_WIDTH;
    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', filled);
    bar[BAR_WIDTH] = '\0';
    int64_t elapsed = (now - meter->begun) / 1000000 + 1;
    int64_t rate = (int64_t)done * 1000 / elapsed;
    int64_t left = done ? (int64_t)(total - done) * elapsed / (int64_t)done / 1000 : 0;
    fprintf(stderr, "\r%s [%s] %zu/%zu  %lld/s  %lld:%02lld ", meter->label, bar, done, total, (long long)rate,
            (long long)(left / 60), (long long)(left % 60));
    fflush(stderr);
}

void batch_meter_show(BatchMeter *meter, size_t done, size_t total)
{
    int64_t now = meter->on ? clock_ticks() : 0;
    if (!meter->on || (done < total && now - meter->drawn < 100000000))
        return;
    meter->drawn = now;
    draw(meter, done, total, now);
}

void batch_meter_end(BatchMeter *meter)
{
    if (meter->on && meter->drawn)
        fputc('\n', stderr);
}
