/// Features of sparse coders: where they are active, what they promote, and labels with scores.
///
/// **Feature files.** One file for each coder, read page by page, so a list of 100,000 features
/// needs the memory of one page. Binary rather than JSON lines: windows of token ids and
/// activations, most of them 0, shrink to a tenth, and every page has its checksum. All integers
/// are big-endian; texts are `java.io.DataOutput` UTF.
///
/// | part | content |
/// |---|---|
/// | start | magic `HFEATURE`, 8 bytes; version 1, 32 bits |
/// | page | length unpacked, length packed, CRC-32C of the packed bytes (32 bits each), the packed bytes: up to 32 features, DEFLATE |
/// | index | number of features, number of pages (32 bits each), place of each page (64 bits), a JSON text about origin and settings (length in 32 bits, UTF-8) |
/// | end | place of the index (64 bits), its CRC-32C (32 bits), magic `HFEATEND` |
///
/// A feature is: number; active and counted tokens (64 bits each), maximum, minimum (floats), mean
/// (double), number of bins and their counts (64 bits); number of groups, of each its name and
/// examples: sequence (64 bits), position, place of the token looked at, number of tokens, ids,
/// activations (floats); promoted and demoted tokens, neighbours: number, and of each a number and
/// a float; one byte that tells whether there is a detection: rule, kind, scorer, and two scores of
/// two doubles, three counts and a double.
@NullMarked
package ai.hartonomous.interpret.feature;

import org.jspecify.annotations.NullMarked;
