# SPDX-License-Identifier: BSD-3-Clause
# What single test programs need besides the rules that all share.
if(TARGET test_base)
  target_link_libraries(test_base PRIVATE quadmath)  # the reference of the math functions
endif()
