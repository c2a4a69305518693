/// Keeps what a distillation has finished, so that one that was killed goes on where it was.
///
/// A work folder holds a file `<stage>.stage` for each finished stage, `lock`, which is held while
/// a distillation runs, and files and folders of other names that are in the making and removed
/// when the folder is opened again. Every stage file is written under another name, forced to the
/// disk and then moved to its place, so it is whole or not there.
///
/// A stage file, little-endian:
///
/// | bytes | what |
/// |---|---|
/// | 8 | `HARTWRK1`; the last character is the version |
/// | any | items, one after the other |
/// | 8 | CRC-32C of all bytes before it, as a 64-bit number |
///
/// An item is its kind (1 byte), the number of its elements (64 bits), and the elements: `t` UTF-8
/// bytes of a text, `i` 32-bit integers, `f` and `d` floating-point numbers of 32 and 64 bits, `h`
/// of 16 bits. The first item is a text that says what the stage was made from; a reader asks for
/// the same text. The other items are the writer's business.
///
/// `request.stage` says which request the folder belongs to: the time it began, then names and
/// values of all that decides the result, in turn, as texts.
@NullMarked
package ai.hartonomous.distill.work;

import org.jspecify.annotations.NullMarked;
