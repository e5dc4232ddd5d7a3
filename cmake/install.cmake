# What a package takes from the build; the files that need none (nginx/, systemd/, packaging/) it takes
# from where they stand.
install(TARGETS postern RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${CMAKE_BINARY_DIR}/assets/ DESTINATION ${CMAKE_INSTALL_DATADIR}/postern/assets)
