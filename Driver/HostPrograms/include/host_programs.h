#ifndef HOST_PROGRAMS_H
#define HOST_PROGRAMS_H

/// The library that lets host programs start guest programs.
///
/// A guest may start programs of the host: a shell, env, nohup, make. The host's kernel cannot start a guest program for
/// those in turn, unless binfmt_misc is set up, which takes root. The emulator has this library preloaded into the host
/// programs that guests start; it puts the emulator in the place of every guest program that one of them executes.
///
/// It works for programs that are linked dynamically against the GNU C library and start others by its functions.
/// Statically linked programs and those with set-user-ID bits start none, and hand the variable below on unchanged.

/// The environment variable with the emulator's command: its executable and its options, each followed by this byte. The
/// library takes it out of the environment when it is loaded, and itself out of LD_PRELOAD: its program sees neither.
#define HOST_PROGRAMS_COMMAND "BSDUSER_HOST_PROGRAMS_COMMAND"
#define HOST_PROGRAMS_SEPARATOR '\x1f'

#endif
