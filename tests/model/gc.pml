/* SPDX-License-Identifier: Apache-2.0 */
/* The protocol of pushes and garbage collection, for spin. One blob content, two repositories,
 * four manifests; README.md says how to read it and what is left out.
 *
 * Every atomic step is one database transaction or one operation on a stored object. A process may
 * stop for good before any step, which is what a crash of a client is; collector and sweeper also
 * restart with nothing but the database.
 *
 * Each BROKEN_... switch takes one rule of the protocol away. The checker must find that out. */

/* Objects. A key is used for one upload, ever. */
#define KEYS 3
#define ABSENT 0
#define WRITTEN 1 /* lost in a power cut */
#define DURABLE 2
byte object[KEYS];
bool upload[KEYS]; /* a session's row names the object */
bool dead[KEYS];   /* a dead_object row names it */
byte reading[KEYS];
byte next_key = 1;

/* The blob's row and who may use it. */
bool row = true;
byte row_key = 0;
#define A 0
#define B 1
#define LEASE 2   /* in ticks */
#define PROMISE 2 /* what is left of a lease when nobody extends it, at least */
byte lease[2];

/* OLD, NEW and OTHER are images with the blob; INDEX is an index whose child is OLD. */
#define OLD 0
#define NEW 1
#define INDEX 2
#define OTHER 3 /* in B; the others are in A */
#define MANIFESTS 4
bool manifest[MANIFESTS];

/* The newest tag on each manifest. */
#define NEVER 0
#define LIVE 1
#define CLOSED 2 /* in the time machine's window: can be restored */
#define GONE 3
byte tag[MANIFESTS];

/* Ticks for which each client was promised that the blob stays usable. */
#define PUSHER 0
#define GUEST 1
byte promise[2];

#define HELD_IN_A (manifest[OLD] || manifest[NEW])
#define HELD_IN_B (manifest[OTHER])
#define HELD(r) ((r == A && HELD_IN_A) || (r == B && HELD_IN_B))
#define VISIBLE(r) (row && (HELD(r) || lease[r] > 0))
#define READABLE (row && object[row_key] != ABSENT)
#define RECOVERABLE(m) (tag[m] == LIVE || tag[m] == CLOSED)

/* What must hold in every state. */
#define IMAGE_WHOLE(m) (!RECOVERABLE(m) || (manifest[m] && READABLE))
#define INDEX_WHOLE (!RECOVERABLE(INDEX) || (manifest[INDEX] && manifest[OLD] && READABLE))
#define NEVER_LOST (IMAGE_WHOLE(OLD) && IMAGE_WHOLE(NEW) && IMAGE_WHOLE(OTHER) && INDEX_WHOLE)
/* Implied by the rest of the protocol; checked since it fails earlier. */
#define ROW_TRUE (!(HELD_IN_A || HELD_IN_B) || (row && !dead[row_key]))

proctype monitor()
{
    atomic {
        !(NEVER_LOST && ROW_TRUE) -> assert(NEVER_LOST); assert(ROW_TRUE)
    }
}

/* HEAD: reads only, unless a lease that is half over is all that keeps the blob. */
inline head(r, client, found)
{
    bool extend = false;
    d_step {
        found = VISIBLE(r);
#ifndef BROKEN_NO_EXTENSION
        extend = found && !HELD(r) && lease[r] < PROMISE;
#endif
        if
        :: found && !extend -> promise[client] = PROMISE
        :: else
        fi
    }
    if
    :: extend ->
        d_step {
            found = VISIBLE(r);
            if
            :: found && !HELD(r) -> lease[r] = LEASE
            :: else
            fi;
            if
            :: found -> promise[client] = PROMISE
            :: else
            fi;
            extend = false
        }
    :: else
    fi
}

/* An upload of the same content. Its commit is one transaction. */
inline push_blob(r, client, key)
{
    d_step {
#ifdef BROKEN_KEY_BY_DIGEST
        key = 0;
#else
        key = next_key;
        next_key++;
#endif
        upload[key] = true
    }
    d_step {
        if
        :: upload[key] && object[key] == ABSENT -> object[key] = WRITTEN
        :: else
        fi
    }
#ifndef BROKEN_NO_SYNC
    d_step {
        if
        :: upload[key] && object[key] == WRITTEN -> object[key] = DURABLE
        :: else
        fi
    }
#endif
    d_step {
        if
        :: upload[key] && object[key] != ABSENT ->
            upload[key] = false;
            if
            :: !row -> row = true; row_key = key
            :: row && row_key != key -> dead[key] = true
            :: else
            fi;
#ifndef BROKEN_NO_LEASE
            lease[r] = LEASE;
#endif
            promise[client] = PROMISE
        :: else /* the session expired, or its bytes were lost: the client sees an error */
        fi;
        key = 0
    }
}

/* PUT of an image manifest, and the move of its tag. A refusal is right only when nobody was told
 * a moment ago that the blob is there. */
inline put_image(r, client, m, moved_from)
{
    d_step {
#ifdef BROKEN_NO_RECHECK
        if
        :: true ->
#else
        if
        :: !VISIBLE(r) -> assert(promise[client] == 0)
        :: else ->
#endif
            manifest[m] = true;
            tag[m] = LIVE;
            if
            :: moved_from != m && tag[moved_from] == LIVE -> tag[moved_from] = CLOSED
            :: else
            fi
        fi;
        promise[client] = 0
    }
}

/* Pushes to A: asks for the blob, uploads it when absent, puts the manifest. */
proctype pusher()
{
    bool found;
    byte key;
    head(A, PUSHER, found);
    if
    :: !found -> push_blob(A, PUSHER, key)
    :: found -> found = false
    fi;
    put_image(A, PUSHER, NEW, OLD)
}

/* Pushes to B the same content: mounted from A, or uploaded without asking. */
proctype guest()
{
    byte key;
    if
    :: d_step {
           VISIBLE(A) ->
#ifdef BROKEN_MOUNT_WITHOUT_LEASE
           skip
#else
           lease[B] = LEASE
#endif
           ;
           promise[GUEST] = PROMISE
       }
    :: true -> push_blob(B, GUEST, key)
    fi;
    put_image(B, GUEST, OTHER, OTHER)
}

/* Pushes an index over OLD, which must be there. */
proctype indexer()
{
    d_step {
        manifest[OLD] -> manifest[INDEX] = true; tag[INDEX] = LIVE
    }
}

/* Deletes tags and brings them back. */
#define CLOSE(m) tag[m] == LIVE -> tag[m] = CLOSED
#define RESTORE(m) tag[m] == CLOSED -> tag[m] = LIVE
proctype tagger()
{
    do
    :: d_step { CLOSE(OLD) }
    :: d_step { CLOSE(NEW) }
    :: d_step { CLOSE(INDEX) }
    :: d_step { CLOSE(OTHER) }
    :: d_step { RESTORE(OLD) }
    :: d_step { RESTORE(NEW) }
    :: d_step { RESTORE(INDEX) }
    :: d_step { RESTORE(OTHER) }
    od
}

/* Time: leases and promises run down; windows close. */
proctype passing_time()
{
    do
    :: d_step {
           lease[A] + lease[B] + promise[PUSHER] + promise[GUEST] > 0 ->
           lease[A] = (lease[A] > 0 -> lease[A] - 1 : 0);
           lease[B] = (lease[B] > 0 -> lease[B] - 1 : 0);
           promise[PUSHER] = (promise[PUSHER] > 0 -> promise[PUSHER] - 1 : 0);
           promise[GUEST] = (promise[GUEST] > 0 -> promise[GUEST] - 1 : 0)
       }
    :: d_step { tag[OLD] == CLOSED -> tag[OLD] = GONE }
    :: d_step { tag[NEW] == CLOSED -> tag[NEW] = GONE }
    :: d_step { tag[INDEX] == CLOSED -> tag[INDEX] = GONE }
    :: d_step { tag[OTHER] == CLOSED -> tag[OTHER] = GONE }
    od
}

proctype power_cut()
{
    d_step {
        byte k = 0;
        do
        :: k < KEYS && object[k] == WRITTEN -> object[k] = ABSENT; k++
        :: k < KEYS && object[k] != WRITTEN -> k++
        :: k == KEYS -> break
        od;
        k = 0
    }
}

#ifdef BROKEN_NO_CONVERSION
#define KEEP_FOR(r)
#else
#define KEEP_FOR(r) if :: !HELD(r) -> lease[r] = LEASE :: else fi
#endif
#ifdef BROKEN_CHILDREN
#define NEEDED_BY_INDEX false
#else
#define NEEDED_BY_INDEX manifest[INDEX]
#endif

/* Each choice is one transaction. The queue only says when to look, so here the collector looks at
 * anything at any time. */
proctype collector()
{
    do
    :: d_step {
           manifest[OLD] && !RECOVERABLE(OLD) && !NEEDED_BY_INDEX ->
           manifest[OLD] = false; KEEP_FOR(A)
       }
    :: d_step {
           manifest[NEW] && !RECOVERABLE(NEW) -> manifest[NEW] = false; KEEP_FOR(A)
       }
    :: d_step {
           manifest[OTHER] && !RECOVERABLE(OTHER) -> manifest[OTHER] = false; KEEP_FOR(B)
       }
    :: d_step { manifest[INDEX] && !RECOVERABLE(INDEX) -> manifest[INDEX] = false }
#ifdef BROKEN_SPLIT_DECISION
    :: row && !HELD_IN_A && !HELD_IN_B && lease[A] + lease[B] == 0 ->
       d_step { row -> row = false; dead[row_key] = true; row_key = 0 }
#else
    :: d_step {
           row && !HELD_IN_A && !HELD_IN_B && lease[A] + lease[B] == 0 ->
           row = false; dead[row_key] = true; row_key = 0
       }
#endif
    :: d_step { upload[1] -> upload[1] = false; dead[1] = true } /* expired sessions */
    :: d_step { upload[2] -> upload[2] = false; dead[2] = true }
    od
}

#ifdef BROKEN_NO_GRACE
#define OUT_OF_GRACE(k) true
#else
#define OUT_OF_GRACE(k) (reading[k] == 0)
#endif

/* Removes the object, then its row; may die in between and start again. */
proctype sweeper()
{
    byte k;
    do
    :: d_step { dead[0] && OUT_OF_GRACE(0) -> k = 0 }
       object[k] = ABSENT;
       if
       :: dead[k] = false
       :: skip
       fi
    :: d_step { dead[1] && OUT_OF_GRACE(1) -> k = 1 }
       object[k] = ABSENT;
       if
       :: dead[k] = false
       :: skip
       fi
    :: d_step { dead[2] && OUT_OF_GRACE(2) -> k = 2 }
       object[k] = ABSENT;
       if
       :: dead[k] = false
       :: skip
       fi
    od
}

/* Looks the key up, and opens the object a moment later. */
proctype reader()
{
    byte k;
    d_step { VISIBLE(A) -> k = row_key; reading[k]++ }
    d_step {
        assert(object[k] != ABSENT);
        reading[k]--;
        k = 0
    }
}

init {
    atomic {
        object[0] = DURABLE;
        manifest[OLD] = true;
        tag[OLD] = LIVE;
        run monitor();
        run pusher();
        run guest();
        run indexer();
        run tagger();
        run reader();
        run passing_time();
        run power_cut();
        run collector();
        run sweeper()
    }
}
