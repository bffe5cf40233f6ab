#!/usr/bin/env node
// Owns the name `warifu` in the shell. It runs on whatever Node the machine has (20 or newer).
import '../../scripts/warifu.mjs';
