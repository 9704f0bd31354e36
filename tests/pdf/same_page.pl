#!/usr/bin/perl
# same_page.pl A.pgm B.pgm: whether two programs drew the same page. Their anti-aliasing differs by a fraction of a pixel, so means over
# blocks of 12 × 12 pixels are compared: at 150 dpi a block is 2 mm. Prints the mean difference of the blocks with ink, the largest one, and how
# many are more than 40 of 255: over 240 pages of the fixture the largest was 35, while missing lines of text make 170. Exit code 1 when the mean is
# over 10, any block differs so much, or the sizes differ by more than a pixel.
use strict;
use warnings;

use constant BLOCK => 12;

sub read_pgm {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "$path: $!\n";
    local $/;
    my $data = <$file>;
    $data =~ /\AP5\s+(?:#.*\n)?(\d+)\s+(\d+)\s+255\s/g or die "$path: no PGM\n";
    return ($1, $2, substr $data, pos $data);
}

sub blocks {
    my ($width, $columns, $rows, $pixels) = @_;
    my @means;
    for my $y (0 .. $rows - 1) {
        my @sums = (0) x $columns;
        for my $line (0 .. BLOCK - 1) {
            my $row = substr $pixels, ($y * BLOCK + $line) * $width, $columns * BLOCK;
            $sums[$_] += unpack '%32C*', substr $row, $_ * BLOCK, BLOCK for 0 .. $columns - 1;
        }
        push @means, map { $_ / BLOCK / BLOCK } @sums;
    }
    return \@means;
}

my ($wa, $ha, $a) = read_pgm($ARGV[0]);
my ($wb, $hb, $b) = read_pgm($ARGV[1]);
my ($columns, $rows) = (int(($wa < $wb ? $wa : $wb) / BLOCK), int(($ha < $hb ? $ha : $hb) / BLOCK));
my ($one, $other) = (blocks($wa, $columns, $rows, $a), blocks($wb, $columns, $rows, $b));
my ($sum, $far, $ink, $most) = (0, 0, 0, 0);
for my $i (0 .. $#$one) {
    my $difference = abs $one->[$i] - $other->[$i];
    $sum += $difference;
    $most = $difference if $difference > $most;
    $far += $difference > 40;
    $ink += $one->[$i] < 250;
}
my $mean = $ink ? $sum / $ink : 255;
printf "mean %.2f, most %.1f, blocks apart %d, blocks with ink %d\n", $mean, $most, $far, $ink;
exit($mean > 10 || $far > 0 || $ink == 0 || abs($wa - $wb) > 1 || abs($ha - $hb) > 1 ? 1 : 0);
