"""Real C programs of Debian's archive: where their sources are, and how they are compiled."""

from common import locked, run
from newlib import LAYER


class Program:
    """Sources (patterns with !exclusions, relative to the source package's folder), flags for both builds, and
    libraries of the native one."""

    def __init__(self, package, sources, flags="", libraries=""):
        self.package = package
        self.sources = sources.split()
        self.flags = flags.split()
        self.libraries = libraries.split()


PROGRAMS = {
    "lua": Program("lua5.4", "src/*.c !src/luac.c !src/onelua.c !src/ltests.c", "-DLUA_USE_C89 -I@layer/lua",
                   "-lm"),
    "sqlite3": Program("sqlite3", "amalgamation/sqlite3.c amalgamation/shell.c",
                       "-DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_WAL -DSQLITE_MAX_MMAP_SIZE=0 "
                       "-DHAVE_USLEEP=1 -DSQLITE_DISABLE_LFS -DSQLITE_NOHAVE_SYSTEM -DSQLITE_DISABLE_DIRSYNC "
                       "-DSQLITE_SHELL_IS_UTF8", "-lm"),
    "mujs": Program("mujs", "one.c main.c", "", "-lm"),
    "duktape": Program("duktape", "src/duktape.c examples/cmdline/duk_cmdline.c extras/print-alert/duk_print_alert.c",
                       "-DDUK_CMDLINE_PRINTALERT_SUPPORT -I@source/src -I@source/examples/cmdline "
                       "-I@source/extras/print-alert", "-lm"),
    "bzip2": Program("bzip2", "blocksort.c huffman.c crctable.c randtable.c compress.c decompress.c bzlib.c bzip2.c",
                     "-DBZ_UNIX=1"),
    "minigzip": Program("zlib", "*.c test/minigzip.c", "-DHAVE_UNISTD_H -I@source"),
    "lz4": Program("lz4", "lib/*.c programs/lz4cli.c programs/lz4io.c programs/bench.c programs/datagen.c",
                   "-DLZ4IO_NO_MT -I@source/lib"),
    "zopfli": Program("zopfli", "src/zopfli/*.c", "", "-lm"),
    "zstd": Program("libzstd", "lib/common/*.c lib/compress/*.c lib/decompress/*.c lib/dictBuilder/*.c "
                    "programs/zstdcli.c programs/fileio.c programs/fileio_asyncio.c programs/util.c programs/timefn.c "
                    "programs/dibio.c programs/benchzstd.c programs/benchfn.c programs/datagen.c",
                    "-DZSTD_DISABLE_ASM -DZSTD_NODICT -DZSTD_NOTRACE -DZSTD_LEGACY_SUPPORT=0 -I@source/lib "
                    "-I@source/lib/common"),
}


def amalgamation(sources):
    """sqlite3's sources joined into two files, by its own makefile."""
    source = sources.package("sqlite3")
    folder = source / "amalgamation"
    with locked(sources.folder / "amalgamation.lock"):
        if not (folder / "complete").exists():
            folder.mkdir(exist_ok=True)
            log = sources.folder / "amalgamation.log"
            run([source / "configure", "--disable-tcl", "--disable-readline"], folder, log)
            run(["make", "sqlite3.c", "shell.c"], folder, log)
            (folder / "complete").touch()
    return source


def source_files(folder, patterns):
    excluded = {folder / pattern[1:] for pattern in patterns if pattern.startswith("!")}
    files = [file for pattern in patterns if not pattern.startswith("!") for file in sorted(folder.glob(pattern))]
    return [file for file in files if file not in excluded]


def unpacked(name, sources):
    """The folder with the sources of one program."""
    return amalgamation(sources) if name == "sqlite3" else sources.package(PROGRAMS[name].package)


def compiler_arguments(name, source):
    """Flags and files, the same for guests and natively."""
    program = PROGRAMS[name]
    flags = [flag.replace("@source", str(source)).replace("@layer", str(LAYER / "include")) for flag in program.flags]
    return flags + [str(file) for file in source_files(source, program.sources)]


def build_native(name, source, output, log):
    run(["cc", "-O2", "-w", *compiler_arguments(name, source), *PROGRAMS[name].libraries, "-o", output], log=log)
