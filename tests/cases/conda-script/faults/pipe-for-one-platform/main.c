// /// conda-script
// channels = ["c"]
// [entrypoint]
// unix = '''
// cc ${SCRIPT}
//   | cat'''
// win = "x"
// /// end-conda-script
