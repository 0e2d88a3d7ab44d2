# SPDX-License-Identifier: BSD-3-Clause
# What single test programs need besides the rules that all share.
if(TARGET test_base)
  target_link_libraries(test_base PRIVATE quadmath)  # the reference of the math functions
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")  # Random123's ARS needs it
    set_source_files_properties(base/test_ars.cpp PROPERTIES COMPILE_OPTIONS -maes SKIP_PRECOMPILE_HEADERS ON)
  endif()
endif()

if(TARGET test_analysis)
  target_link_libraries(test_analysis PRIVATE Eigen3::Eigen)  # headers of analyses have matrices
endif()

# The rule of the house: which folder may include which.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME includes COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/base/test_includes.py)
set_tests_properties(includes PROPERTIES LABELS fast)

# The report's page in a browser.
if(TARGET neurodyn_viewer)
  add_test(NAME viewer WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
           COMMAND tests/ci/viewer ${CMAKE_BINARY_DIR}/viewer ${NEURODYN_NPM})
  set_tests_properties(viewer PROPERTIES LABELS slow TIMEOUT 900)
endif()

# Result files as others read them, by a Python that has the packages of requirements.txt.
if(NEURODYN_PYTHON AND TARGET test_record)
  add_test(NAME record_xarray COMMAND ${NEURODYN_PYTHON} -m pytest -q -p no:cacheprovider
           ${CMAKE_CURRENT_SOURCE_DIR}/record/test_xarray.py)
  set_tests_properties(record_xarray PROPERTIES LABELS fast
                       ENVIRONMENT "NEURODYN_TEST_RECORD=$<TARGET_FILE:test_record>")
endif()

# Is the record of Brian2's spikes what the installed Brian2 does? Skipped where there is none.
if(NEURODYN_PYTHON)
  set(brian2_python ${NEURODYN_PYTHON})
else()
  set(brian2_python ${Python3_EXECUTABLE})
endif()
add_test(NAME brian2_installed
         COMMAND ${brian2_python} ${CMAKE_CURRENT_SOURCE_DIR}/engine/test_brian2_installed.py)
set_tests_properties(brian2_installed PROPERTIES LABELS slow SKIP_RETURN_CODE 77 TIMEOUT 900)

# The program from outside, and the installed package from a project of its own.
if(TARGET test_apps AND TARGET neurodyn_app)
  target_compile_definitions(test_apps PRIVATE NEURODYN_BINARY="$<TARGET_FILE:neurodyn_app>")
  add_dependencies(test_apps neurodyn_app)
  add_test(NAME install COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/install/run.sh ${CMAKE_BINARY_DIR})
  set_tests_properties(install PROPERTIES LABELS slow TIMEOUT 600)
endif()

# Experiments hold what they must show themselves. Those that take seconds are run here, from a folder of their own.
if(TARGET neurodyn_app)
  set(quick_experiments adaptation adex_bursting amari_bump amari_ring amari_stability backprop_agreement bcm belief_neurons birdsong brunel_rate_equation brunel_rates bump_diffusion chimera
       coba cobahh corticothalamic corticothalamic_alpha critical_branching cuba damped_wave deconvolution digits default_mode default_mode_lesion
       distance_dependent eif_rate field_competition field_front field_pulse field_sphere field_spiral food_size gif grid_world hebbian_connectome hindmarsh_rose hodgkin_huxley
       homeostasis izhikevich jansen_rit_alpha kalman kuramoto kuramoto_transition levels lif_fi lif_noise liley_alpha mat2 metaplasticity metastability microcircuit_scaled
       morris_lecar mpr_qif neuron_bifurcations noise_correlations oddball one_node ping plastic_connectome poisson_sources policy_precision population_decoding posner
       qif_fi reaching reversal ring_attractor short_term_plasticity spiking_and_rate stdp_window stimulation stuart_landau_network t_maze thermostat triplet_frequency turing_line
       turing_stripes wilson_cowan wilson_cowan_hysteresis)
  set(slow_experiments avalanche_transition brunel edge_of_chaos ei_balance fashion_mnist microcircuit population_step stdp_competition theta_gamma)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/experiments)
  foreach(experiment ${quick_experiments} ${slow_experiments})
    add_test(NAME experiment_${experiment} WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/experiments
             COMMAND neurodyn_app run ${CMAKE_SOURCE_DIR}/experiments/${experiment}.yaml --threads 1)
    set_tests_properties(experiment_${experiment} PROPERTIES LABELS fast TIMEOUT 300)
  endforeach()
  # The same network with synapses that are drawn again at each spike.
  add_test(NAME experiment_microcircuit_scaled_procedural WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/experiments
           COMMAND neurodyn_app run ${CMAKE_SOURCE_DIR}/experiments/microcircuit_scaled.yaml --threads 1 --output procedural.h5 --report procedural.html
                   --set projections.excitatory.connect.storage=procedural --set projections.inhibitory.connect.storage=procedural)
  set_tests_properties(experiment_microcircuit_scaled_procedural PROPERTIES LABELS fast TIMEOUT 300)
  foreach(experiment ${slow_experiments})
    set_tests_properties(experiment_${experiment} PROPERTIES LABELS slow TIMEOUT 900)
  endforeach()
endif()

# The Python package: its wheel is built from the sources into build/python (with ccache the objects are those of this
# build), installed into an environment of its own beside it, and tested from there.
if(NEURODYN_PYTHON AND CMAKE_BUILD_TYPE STREQUAL "Release" AND NEURODYN_LLVM AND NOT NEURODYN_SANITIZE)
  add_test(NAME python_package COMMAND ${CMAKE_SOURCE_DIR}/tests/ci/python ${NEURODYN_PYTHON} ${CMAKE_BINARY_DIR}/python_package)
  set_tests_properties(python_package PROPERTIES LABELS slow TIMEOUT 3600)
endif()
