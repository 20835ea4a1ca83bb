/** The same function with its instrumentation libraries in the same program. */
import './instrumentations.ts';
import './shop.ts';
