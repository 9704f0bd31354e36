#!/usr/bin/perl
# Finds operators of content streams that change nothing: a colour, width or font set to what it is, empty text objects, marked sequences and
# q-Q pairs, text of no glyphs. Reads the output of `qpdf --qdf --object-streams=disable`; exit code 1 when there are some, or hardly any operator at all.
use strict; use warnings;
local $/; my $pdf = <STDIN>;
my %count; my $total = 0;
while ($pdf =~ /stream\n(.*?)\nendstream/sg) {
    my $s = $1;
    next unless $s =~ /\b(BT|re|BDC|Do|f|S)\b/ && $s =~ /\bEMC\b|\bET\b|\bre\b/ && $s !~ /[^\x09\x0a\x0d\x20-\xff]/;
    my @stack; my %state; my @args; my $last = '';
    while ($s =~ /\G\s*(\((?:[^()\\]|\\.)*\)|<<.*?>>|<[0-9A-Fa-f]*>|\[(?:[^\]()]|\((?:[^()\\]|\\.)*\))*\]|\/[^\s\/<\[(]*|[-+.\d]+|[A-Za-z'"*0-9]+)/gc) {
        my $t = $1;
        if ($t =~ /^[A-Za-z'"*]/ ) {
            $total++;
            my $v = join ' ', @args;
            if ($t =~ /^(rg|g|k|RG|G|K|w|J|j|d|M|Tf|Tc|Tw|Tz|Ts|Tr|TL|ri|gs)$/) {
                my $key = $t; $key = 'fill' if $t =~ /^(rg|g|k)$/; $key = 'stroke' if $t =~ /^(RG|G|K)$/;
                my $val = "$v $t";
                $count{"$t again"}++ if defined $state{$key} && $state{$key} eq $val;
                $state{$key} = $val;
            }
            if ($t eq 'q') { push @stack, {%state}; }
            if ($t eq 'Q') { $count{'q Q'}++ if $last eq 'q'; %state = %{pop @stack}; }
            $count{'BT ET'}++ if $t eq 'ET' && $last eq 'BT';
            $count{'BDC EMC'}++ if $t eq 'EMC' && $last =~ /^B[DM]C$/;
            $count{'empty Tj'}++ if $t eq 'Tj' && ($v eq '<>' || $v eq '()');
            $count{'cm 1'}++ if $t eq 'cm' && $v eq '1 0 0 1 0 0';
            $last = $t; @args = ();
        } else { push @args, $t; }
    }
}
print "$_: $count{$_}\n" for sort keys %count;
print "operators: $total\n";
exit($total < 100 || %count ? 1 : 0);
