// The order of memory accesses that programs ask for: barriers, acquire and release, sequential consistency, atomic
// operations; and coherence, which needs no asking. 120,000 rounds each; a forbidden outcome must not come once.
#include "litmus.h"

// MARK: Message passing

THREAD(mp_write_fence) { STORE(x, 1, RELAXED); FENCE; STORE(y, 1, RELAXED); }
THREAD(mp_read_fence) { LOAD(0, y, RELAXED); FENCE; LOAD(1, x, RELAXED); }
THREAD(mp_write_release) { STORE(x, 1, RELAXED); STORE(y, 1, RELEASE); }
THREAD(mp_read_acquire) { LOAD(0, y, ACQUIRE); LOAD(1, x, RELAXED); }
THREAD(mp_write_atomic) { STORE(x, 1, RELAXED); __atomic_fetch_add(&p->y, 1, __ATOMIC_RELEASE); }
THREAD(mp_read_atomic) { p->read[0] = __atomic_fetch_add(&p->y, 0, __ATOMIC_ACQUIRE); LOAD(1, x, RELAXED); }
LITMUS(MP, "with barriers", mp_broken, mp_write_fence, mp_read_fence)
LITMUS(MP, "with release and acquire", mp_broken, mp_write_release, mp_read_acquire)
LITMUS(MP, "with atomic additions", mp_broken, mp_write_atomic, mp_read_atomic)
LITMUS(MP, "with a barrier against acquire", mp_broken, mp_write_fence, mp_read_acquire)

// MARK: Store buffering

THREAD(sb_left_fence) { STORE(x, 1, RELAXED); FENCE; LOAD(0, y, RELAXED); }
THREAD(sb_right_fence) { STORE(y, 1, RELAXED); FENCE; LOAD(1, x, RELAXED); }
THREAD(sb_left_seq) { STORE(x, 1, SEQ_CST); LOAD(0, y, SEQ_CST); }
THREAD(sb_right_seq) { STORE(y, 1, SEQ_CST); LOAD(1, x, SEQ_CST); }
THREAD(sb_left_swap) { __atomic_exchange_n(&p->x, 1, __ATOMIC_SEQ_CST); LOAD(0, y, SEQ_CST); }
THREAD(sb_right_swap) { __atomic_exchange_n(&p->y, 1, __ATOMIC_SEQ_CST); LOAD(1, x, SEQ_CST); }
THREAD(sb_left_add) { STORE(x, 1, SEQ_CST); p->read[0] = __atomic_fetch_add(&p->y, 0, __ATOMIC_SEQ_CST); }
THREAD(sb_right_add) { STORE(y, 1, SEQ_CST); p->read[1] = __atomic_fetch_add(&p->x, 0, __ATOMIC_SEQ_CST); }
LITMUS(SB, "with barriers", sb_broken, sb_left_fence, sb_right_fence)
LITMUS(SB, "with sequentially consistent stores and loads", sb_broken, sb_left_seq, sb_right_seq)
LITMUS(SB, "with exchanges in place of stores", sb_broken, sb_left_swap, sb_right_swap)
LITMUS(SB, "with additions in place of loads", sb_broken, sb_left_add, sb_right_add)
LITMUS(SB, "with a barrier against sequentially consistent ones", sb_broken, sb_left_fence, sb_right_seq)

// MARK: Load buffering

THREAD(lb_left_fence) { LOAD(0, x, RELAXED); FENCE; STORE(y, 1, RELAXED); }
THREAD(lb_right_fence) { LOAD(1, y, RELAXED); FENCE; STORE(x, 1, RELAXED); }
THREAD(lb_left_release) { LOAD(0, x, ACQUIRE); STORE(y, 1, RELEASE); }
THREAD(lb_right_release) { LOAD(1, y, ACQUIRE); STORE(x, 1, RELEASE); }
LITMUS(LB, "with barriers", lb_broken, lb_left_fence, lb_right_fence)
LITMUS(LB, "with acquire and release", lb_broken, lb_left_release, lb_right_release)

// MARK: S, R, 2+2W

THREAD(s_write_fence) { STORE(x, 2, RELAXED); FENCE; STORE(y, 1, RELAXED); }
THREAD(s_read_fence) { LOAD(0, y, RELAXED); FENCE; STORE(x, 1, RELAXED); }
THREAD(s_write_release) { STORE(x, 2, RELAXED); STORE(y, 1, RELEASE); }
THREAD(s_read_acquire) { LOAD(0, y, ACQUIRE); STORE(x, 1, RELAXED); }
LITMUS(S, "with barriers", s_broken, s_write_fence, s_read_fence)
LITMUS(S, "with release and acquire", s_broken, s_write_release, s_read_acquire)

THREAD(r_write_fence) { STORE(x, 1, RELAXED); FENCE; STORE(y, 1, RELAXED); }
THREAD(r_read_fence) { STORE(y, 2, RELAXED); FENCE; LOAD(0, x, RELAXED); }
THREAD(r_write_seq) { STORE(x, 1, SEQ_CST); STORE(y, 1, SEQ_CST); }
THREAD(r_read_seq) { STORE(y, 2, SEQ_CST); LOAD(0, x, SEQ_CST); }
LITMUS(R, "with barriers", r_broken, r_write_fence, r_read_fence)
LITMUS(R, "with sequentially consistent stores and loads", r_broken, r_write_seq, r_read_seq)

THREAD(ww_left_fence) { STORE(x, 1, RELAXED); FENCE; STORE(y, 2, RELAXED); }
THREAD(ww_right_fence) { STORE(y, 1, RELAXED); FENCE; STORE(x, 2, RELAXED); }
THREAD(ww_left_release) { STORE(x, 1, RELEASE); STORE(y, 2, RELEASE); }
THREAD(ww_right_release) { STORE(y, 1, RELEASE); STORE(x, 2, RELEASE); }
LITMUS(2+2W, "with barriers", two_writes_broken, ww_left_fence, ww_right_fence)
LITMUS(2+2W, "with release", two_writes_broken, ww_left_release, ww_right_release)

// MARK: Coherence: accesses to one word need nothing

THREAD(write_one) { STORE(x, 1, RELAXED); }
THREAD(write_two) { STORE(x, 2, RELAXED); }
THREAD(write_both) { STORE(x, 1, RELAXED); __asm__ volatile("" ::: "memory"); STORE(x, 2, RELAXED); }
THREAD(read_twice) { LOAD(0, x, RELAXED); __asm__ volatile("" ::: "memory"); LOAD(1, x, RELAXED); }
THREAD(write_read) { STORE(x, 1, RELAXED); __asm__ volatile("" ::: "memory"); LOAD(0, x, RELAXED); }
THREAD(read_write) { LOAD(0, x, RELAXED); __asm__ volatile("" ::: "memory"); STORE(x, 1, RELAXED); }
FORBIDDEN(corr_broken, p->read[0] == 1 && p->read[1] == 0)
FORBIDDEN(coww_broken, p->x != 2 || p->read[0] > p->read[1])
FORBIDDEN(cowr_broken, p->read[0] == 0 || (p->read[0] == 2 && p->x == 1))
FORBIDDEN(corw_broken, p->read[0] == 1 || (p->read[0] == 2 && p->x == 2))
LITMUS(CoRR, "plain accesses", corr_broken, write_one, read_twice)
LITMUS(CoWW, "plain accesses", coww_broken, write_both, read_twice)
LITMUS(CoWR, "plain accesses", cowr_broken, write_read, write_two)
LITMUS(CoRW, "plain accesses", corw_broken, read_write, write_two)

// MARK: More than two threads

THREAD(write_x) { STORE(x, 1, RELAXED); }
THREAD(write_y) { STORE(y, 1, RELAXED); }
THREAD(read_xy_fence) { LOAD(0, x, RELAXED); FENCE; LOAD(1, y, RELAXED); }
THREAD(read_yx_fence) { LOAD(2, y, RELAXED); FENCE; LOAD(3, x, RELAXED); }
THREAD(write_x_seq) { STORE(x, 1, SEQ_CST); }
THREAD(write_y_seq) { STORE(y, 1, SEQ_CST); }
THREAD(read_xy_seq) { LOAD(0, x, SEQ_CST); LOAD(1, y, SEQ_CST); }
THREAD(read_yx_seq) { LOAD(2, y, SEQ_CST); LOAD(3, x, SEQ_CST); }
LITMUS(IRIW, "with barriers", iriw_broken, write_x, read_xy_fence, read_yx_fence, write_y)
LITMUS(IRIW, "with sequentially consistent stores and loads", iriw_broken, write_x_seq, read_xy_seq, read_yx_seq,
       write_y_seq)

THREAD(wrc_pass_fence) { LOAD(0, x, RELAXED); FENCE; STORE(y, 1, RELAXED); }
THREAD(wrc_read_fence) { LOAD(1, y, RELAXED); FENCE; LOAD(2, x, RELAXED); }
THREAD(wrc_pass_release) { LOAD(0, x, ACQUIRE); STORE(y, 1, RELEASE); }
THREAD(wrc_read_acquire) { LOAD(1, y, ACQUIRE); LOAD(2, x, RELAXED); }
LITMUS(WRC, "with barriers", wrc_broken, write_x, wrc_pass_fence, wrc_read_fence)
LITMUS(WRC, "with release and acquire", wrc_broken, write_x, wrc_pass_release, wrc_read_acquire)
